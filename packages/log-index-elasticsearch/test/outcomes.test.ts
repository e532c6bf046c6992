import type { DocumentOutcome, LogIndex } from '@millrace/log-index'
import { describeWithService, elasticsearch, elasticsearch8 } from '@millrace/testing/services'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { connectElasticsearchLogSink } from '../src/sink.ts'
import { document, noon } from './documents.ts'
import { testNamespace } from './elasticsearch-under-test.ts'
import type { TestNamespace } from './elasticsearch-under-test.ts'

for (const [service, name] of [
  [elasticsearch, 'What becomes of documents in Elasticsearch 9'],
  [elasticsearch8, 'What becomes of documents in Elasticsearch 8'],
] as const) {
  describeWithService(service, name, ({ url }) => outcomesOf(url))
}

function outcomesOf(url: string): void {
  let server: TestNamespace
  let index: LogIndex
  beforeEach(async () => {
    server = testNamespace(url)
    index = await server.open()
  })
  afterEach(async () => {
    await index.close()
    await server[Symbol.asyncDispose]()
  })
  const one = async (id: string, fields: object): Promise<DocumentOutcome | undefined> =>
    (await index.bulk([document(server.namespace, id, fields)]))[0]
  const text = (part: string): string => expect.stringContaining(part) as string

  it('is refused with the reason, beside neighbours that are taken', async () => {
    const { namespace } = server
    await one('first', { error: { message: 'an object' } })
    const outcomes = await index.bulk([
      document(namespace, 'a'),
      document(namespace, 'scalar', { error: 'text' }),
      { ...document(namespace, 'no-time'), source: '{"message":"without a time"}' },
      { ...document(namespace, 'bad-time'), source: '{"@timestamp":"yesterday"}' },
      { ...document(namespace, 'half'), source: '{"@timestamp":' },
      { ...document(namespace, 'list'), source: '[]' },
      { ...document(namespace, ''), source: '{}' },
      { ...document(namespace, 'name'), dataStream: `logs-Upper-${namespace}` },
      document(namespace, 'b'),
    ])
    expect(outcomes).toEqual([
      { status: 'created' },
      { status: 'rejected', reason: text('error') },
      { status: 'rejected', reason: text('@timestamp') },
      { status: 'rejected', reason: text('yesterday') },
      { status: 'rejected', reason: text('document_parsing_exception') },
      { status: 'rejected', reason: text('not a JSON object') },
      { status: 'rejected', reason: text('1 to 512 bytes') },
      { status: 'rejected', reason: text('lowercase') },
      { status: 'created' },
    ])
  })

  it('is taken without the one value that is not of its field, which the others are found by', async () => {
    expect(
      await one('m', { http: { response: { status_code: 'none' } }, source: { ip: 'unknown' }, flag: 'x', service: { name: 's' } }),
    ).toEqual({
      status: 'created',
    })
    await server.refresh()
    expect((await index.search({ size: 1, query: 'service.name:s and http.response.status_code:*' })).hits).toHaveLength(1)
  })

  it('is taken with more fields than an index may have', async () => {
    const labels = Object.fromEntries(Array.from({ length: 1_500 }, (_, at) => [`name_${at}`, 'v']))
    expect(await one('wide', { labels, message: 'wide' })).toEqual({ status: 'created' })
    expect(await one('next', { labels: { other: 'v' }, message: 'next' })).toEqual({ status: 'created' })
    await server.refresh()
    expect((await index.search({ size: 5, query: 'wide' })).hits).toHaveLength(1)
  })

  it('keeps what JSON can hold: line ends between its parts, large numbers, odd ids', async () => {
    const id = 'a"b\\c\n\u0001ü😀'
    const source = '{\n"@timestamp": "2026-11-21T12:00:00Z",\n"n": 12345678901234567890, "s": "x"}'
    const dataStream = `logs-test-${server.namespace}`
    expect(await index.bulk([{ id, dataStream, timestamp: noon, source }])).toEqual([{ status: 'created' }])
    await server.refresh()
    const { hits } = await index.search({ size: 1 })
    expect(hits).toMatchObject([{ id, dataStream, source: '{"@timestamp":"2026-11-21T12:00:00Z","n":12345678901234567890,"s":"x"}' }])
  })

  it('stays to be tried when writing is blocked, which is no fault of the document', async () => {
    await one('a', {})
    const { client, namespace } = server
    await client.indices.putSettings({ index: `logs-test-${namespace}`, settings: { 'index.blocks.write': true } })
    expect(await one('b', {})).toMatchObject({ status: 'retry', cause: 'error', reason: text('blocked') })
    await client.indices.putSettings({ index: `logs-test-${namespace}`, settings: { 'index.blocks.write': false } })
    expect(await one('b', {})).toEqual({ status: 'created' })
  })

  it('goes through a sink of its own in the same way, which finds out the version by itself', async () => {
    const sink = connectElasticsearchLogSink({ nodes: [url], bulkBytesMax: 2_000 })
    const documents = Array.from({ length: 100 }, (_, at) =>
      document(server.namespace, `s-${at}`, { message: 'pieces of two thousand bytes' }),
    )
    const outcomes = await sink.bulk(documents)
    expect(outcomes).toEqual(documents.map(() => ({ status: 'created' })))
    expect(await sink.bulk([...documents.slice(0, 2), document(server.namespace, 'new')])).toEqual([
      { status: 'exists' },
      { status: 'exists' },
      { status: 'created' },
    ])
  })
}
