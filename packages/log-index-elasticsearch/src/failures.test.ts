import { describe, expect, it } from 'vitest'
import { answeringServer } from '../test/fixtures/answering-server.ts'
import type { Answer } from '../test/fixtures/answering-server.ts'
import { connectElasticsearchLogSink, ElasticsearchUnavailableError, openElasticsearchLogIndex } from './index.ts'

// Security is not in the servers that the tests run on, nor are old versions and proxies: their documented answers come from a small local server.

const page = { 'x-elastic-product': '', 'content-type': 'text/html' }
const info: Answer = { status: 200, body: { version: { number: '9.5.3' } } }
const unauthorized: Answer = {
  status: 401,
  body: { error: { type: 'security_exception', reason: 'unable to authenticate user [elastic] for REST request [/]' }, status: 401 },
}
const forbidden: Answer = {
  status: 403,
  body: { error: { type: 'security_exception', reason: 'action [indices:admin/index_template/put] is unauthorized' }, status: 403 },
}
const documents = ['a', 'b'].map((id) => ({ id, dataStream: 'logs-x-default', timestamp: 0, source: '{}' }))

describe('Opening', () => {
  it.each([
    ['a wrong password', unauthorized, { username: 'elastic', password: 'secret' }, 'password', 'the password of user "elastic"'],
    ['a wrong API key', unauthorized, { apiKey: 'c2VjcmV0' }, 'apiKey', 'the option apiKey'],
    ['missing credentials', unauthorized, {}, 'password', 'without credentials'],
    ['too few privileges', forbidden, { apiKey: 'c2VjcmV0' }, 'apiKey', 'may not do enough'],
    ['an old version', { status: 200, body: { version: { number: '7.17.9' } } }, {}, 'nodes', '8.14 or newer'],
    ['another product', { ...info, headers: { 'x-elastic-product': 'OpenSearch' } }, {}, 'nodes', 'is not Elasticsearch'],
    ['a page that is none', { status: 200, body: 'x', headers: page }, {}, 'nodes', 'is not Elasticsearch'],
  ] as const)('says what is wrong: %s', async (_, answer, options, option, hint) => {
    await using server = await answeringServer(() => answer)
    const opened = openElasticsearchLogIndex({ nodes: [server.url], ...options })
    await expect(opened).rejects.toMatchObject({ name: 'ElasticsearchOptionsError', option, retryable: false })
    await expect(opened).rejects.toThrow(hint)
    await expect(opened).rejects.not.toThrow('secret')
  })

  it('says that nobody answers, which may pass', async () => {
    const server = await answeringServer(() => info)
    await server[Symbol.asyncDispose]()
    await expect(openElasticsearchLogIndex({ nodes: [server.url] })).rejects.toThrow(ElasticsearchUnavailableError)
  })

  it.each([
    [{}, 'nodes'],
    [{ nodes: ['localhost:9200'] }, 'nodes'],
    [{ nodes: ['http://a:9200'], cloudId: 'x:y' }, 'nodes'],
    [{ nodes: ['http://a:9200'], caFingerprint: 'AA'.repeat(32) }, 'caFingerprint'],
    [{ nodes: ['https://a:9200'], caFingerprint: 'AA' }, 'caFingerprint'],
    [{ nodes: ['https://a:9200'], ca: 'x', caFingerprint: 'AA'.repeat(32) }, 'caFingerprint'],
    [{ nodes: ['https://a:9200', 'http://b:9200'], ca: 'x' }, 'ca'],
    [{ nodes: ['http://a:9200'], apiKey: 'x', username: 'u', password: 'p' }, 'apiKey'],
    [{ nodes: ['http://a:9200'], username: 'u' }, 'username'],
    [{ nodes: ['http://a:9200'], namespace: 'Not-One' }, 'namespace'],
    [{ nodes: ['http://a:9200'], retentionDays: 1, lifecyclePolicy: 'p' }, 'retentionDays'],
    [{ nodes: ['http://a:9200'], templatePriority: 100 }, 'templatePriority'],
    [{ nodes: ['http://a:9200'], bulkBytesMax: 0 }, 'bulkBytesMax'],
  ])('refuses options that cannot be meant: %j', async (options, option) => {
    await expect(openElasticsearchLogIndex(options)).rejects.toMatchObject({ option, message: expect.stringContaining(option) as string })
  })
})

describe('A sink', () => {
  const bulkOf = async (answer: Answer, options = {}) => {
    await using server = await answeringServer(({ url }) => (url?.startsWith('/_bulk') === true ? answer : info))
    const outcomes = await connectElasticsearchLogSink({ nodes: [server.url], ...options }).bulk(documents)
    return { outcomes, requests: server.requests }
  }
  const text = (part: string): string => expect.stringContaining(part) as string

  it.each([
    ['wrong credentials', unauthorized, 'overload', 'apiKey'],
    ['a missing privilege', forbidden, 'overload', 'apiKey'],
    ['an error of the server', { status: 500, body: { error: { type: 'x', reason: 'y' } } }, 'overload', 'x: y'],
    ['no master', { status: 503, body: { error: { type: 'cluster_block_exception', reason: 'no master' } } }, 'overload', 'no master'],
    [
      'a proxy without a backend',
      { status: 502, body: '<html>Bad Gateway</html>', headers: { 'content-type': 'text/html' } },
      'overload',
      '502',
    ],
    ['an answer that is cut off', { status: 200, body: '{"errors":true,"items":[' }, 'overload', 'failed'],
    [
      'an answer about fewer documents',
      { status: 200, body: { errors: true, items: [{ create: { status: 201 } }] } },
      'overload',
      '1 items for 2',
    ],
    ['another address', { status: 404, body: 'nothing here', headers: page }, 'overload', '404'],
  ] as const)('never gives documents up for %s', async (_, answer, cause, hint) => {
    const { outcomes } = await bulkOf(answer)
    expect(outcomes).toEqual(documents.map(() => ({ status: 'retry', cause, reason: text(hint) })))
  })

  it('passes on how long an overloaded server wants to be left alone', async () => {
    const { outcomes } = await bulkOf({ status: 429, body: {}, headers: { 'retry-after': '7' } })
    expect(outcomes).toMatchObject(documents.map(() => ({ status: 'retry', cause: 'overload', afterMs: 7_000 })))
  })

  it('keeps a document that the credentials do not reach, and rejects none for it', async () => {
    const denied = { create: { status: 403, error: { type: 'security_exception', reason: 'unauthorized' } } }
    const { outcomes } = await bulkOf({ status: 200, body: { errors: true, items: [{ create: { status: 201 } }, denied] } })
    expect(outcomes).toEqual([{ status: 'created' }, { status: 'retry', cause: 'error', reason: text('unauthorized') }])
  })

  it.each([
    [{ version: { number: '8.19.21' } }, 8],
    [{ version: { number: '9.5.3' } }, 9],
    [{ version: { number: '10.0.0' } }, 9],
  ])('speaks to %j as to version %i, asked for once', async (body, version) => {
    await using server = await answeringServer(({ url }) => ({ status: 200, body: url === '/' ? body : '{"errors":false,"items":[]}' }))
    const sink = connectElasticsearchLogSink({ nodes: [server.url], apiKey: 'a2V5' })
    await sink.bulk(documents)
    await sink.bulk(documents)
    expect(server.requests.map(({ url }) => url?.split('?')[0])).toEqual(['/', '/_bulk', '/_bulk'])
    expect(server.requests[2]?.headers).toMatchObject({
      authorization: 'ApiKey a2V5',
      accept: `application/vnd.elasticsearch+json; compatible-with=${version}`,
      'content-type': `application/vnd.elasticsearch+x-ndjson; compatible-with=${version}`,
    })
  })

  it('writes to the other nodes when one is away', async () => {
    await using up = await answeringServer(() => ({ status: 200, body: '{"errors":false,"items":[]}' }))
    const down = await answeringServer(() => info)
    await down[Symbol.asyncDispose]()
    const sink = connectElasticsearchLogSink({ nodes: [down.url, up.url], compatibleWith: 9 })
    const statuses: (string | undefined)[] = []
    for (let attempt = 0; attempt < 10; attempt++) statuses.push((await sink.bulk(documents))[0]?.status)
    expect(statuses.filter((status) => status === 'created').length).toBeGreaterThanOrEqual(8)
  })
})
