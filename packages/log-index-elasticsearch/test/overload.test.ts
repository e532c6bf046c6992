import type { DocumentOutcome, LogDocument, LogIndex } from '@millrace/log-index'
import { describeWithPrivate, elasticsearch } from '@millrace/testing/services'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { document } from './documents.ts'
import { testNamespace } from './elasticsearch-under-test.ts'
import type { TestNamespace } from './elasticsearch-under-test.ts'

const small = { 'node.processors': '1', 'thread_pool.write.queue_size': '1', 'indexing_pressure.memory.limit': '4mb' }

describeWithPrivate(elasticsearch, 'An Elasticsearch that cannot keep up', (service) => {
  let instance: Awaited<ReturnType<typeof service.startPrivate>>
  let server: TestNamespace
  let index: LogIndex

  beforeAll(async () => {
    instance = await service.startPrivate({ settings: { ...small, 'http.max_content_length': '2mb' }, heapMb: 512 })
    server = testNamespace(instance.address.url)
    index = await server.open()
  })

  afterAll(async () => {
    await index.close()
    await instance[Symbol.asyncDispose]()
  })

  it('gets a bulk in pieces that are as large as it takes (413), each document once', async () => {
    const documents = bulk('large', 5_000, 1_000)
    expect(statuses(await index.bulk(documents))).toEqual({ created: 5_000 })
    expect(statuses(await index.bulk(documents))).toEqual({ exists: 5_000 })
  })

  it('refuses a document that alone is too large, and takes its neighbours', async () => {
    const { namespace } = server
    const outcomes = await index.bulk([
      document(namespace, 'n-1'),
      document(namespace, 'n-2', { message: 'x'.repeat(3_000_000) }),
      document(namespace, 'n-3'),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['created', 'rejected', 'created'])
    expect(outcomes[1]).toMatchObject({ reason: expect.stringContaining('too large') as string })
  })

  it('answers overload for what it had no room for (429), whole bulks and single documents, and takes it later', async () => {
    const shards = await server.open({ numberOfShards: 4 })
    const bulks = Array.from({ length: 24 }, (_, at) => bulk(`busy-${at}`, 200, 2_000, `busy${at % 3}`))
    const left = new Map<string, LogDocument>(bulks.flat().map((each) => [each.id, each]))
    const kinds = new Set<string>()
    const send = async (each: readonly LogDocument[]): Promise<void> => {
      const documents = each.filter(({ id }) => left.has(id)).map((one) => ({ ...one, maybeRepeated: true }))
      const outcomes = await shards.bulk(documents)
      kinds.add(kindOf(outcomes))
      outcomes.forEach((outcome, at) => {
        if (outcome.status === 'retry') expect(outcome).toMatchObject({ cause: 'overload' })
        else left.delete((documents[at] as LogDocument).id)
      })
    }
    for (let round = 0; round < 10 && !(kinds.has('whole') && kinds.has('some')); round++) await Promise.all(bulks.map(send))
    expect([...kinds]).toEqual(expect.arrayContaining(['whole', 'some']))
    // As whoever feeds the index does when it is overloaded: less at once.
    for (let round = 0; round < 10 && left.size > 0; round++) for (const each of bulks) await send(each)
    expect(left.size).toBe(0)
    expect(await server.count()).toBe(5_000 + 2 + 24 * 200)
    await shards.close()
  })

  it('that is away answers error for all, and takes the same documents when it is back', async () => {
    const documents = bulk('away', 100, 10)
    await instance.kill()
    const away = await index.bulk(documents)
    expect(statuses(away)).toEqual({ retry: 100 })
    expect(away[0]).toMatchObject({ cause: 'overload', reason: expect.stringContaining('cannot be reached') as string })
    await instance.start()
    expect(statuses(await index.bulk(documents))).toEqual({ created: 100 })
  })

  it('that stands still is not waited for longer than the time-out', async () => {
    const hasty = await server.open({ requestTimeoutMs: 300 })
    await instance.pause()
    const outcomes = await hasty.bulk(bulk('still', 10, 10))
    await instance.resume()
    expect(statuses(outcomes)).toEqual({ retry: 10 })
    expect(outcomes[0]).toMatchObject({ cause: 'overload', reason: expect.stringContaining('requestTimeoutMs') as string })
    let settled: DocumentOutcome[] = []
    for (let attempt = 0; attempt < 1_000 && settled.length < 10; attempt++) {
      const repeated = await index.bulk(bulk('still', 10, 10).map((each) => ({ ...each, maybeRepeated: true })))
      settled = repeated.filter(({ status }) => status === 'created' || status === 'exists')
    }
    expect(settled).toHaveLength(10)
    await hasty.close()
  })

  function bulk(prefix: string, count: number, chars: number, dataset?: string): LogDocument[] {
    const message = 'x y '.repeat(chars / 4)
    return Array.from({ length: count }, (_, at) => document(server.namespace, `${prefix}-${at}`, { message }, dataset))
  }
})

function statuses(outcomes: readonly DocumentOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** Whether a bulk was refused as a whole, in some of its documents, or not. */
function kindOf(outcomes: readonly DocumentOutcome[]): string {
  const refused = outcomes.filter(({ status }) => status === 'retry').length
  return refused === 0 ? 'none' : refused === outcomes.length ? 'whole' : 'some'
}
