import { QuerySyntaxError } from '@millrace/log-index'
import { ManualClock } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { FakeServices, testServer } from '../../test/support/test-gateway.ts'

const now = 1_700_000_000_000

async function search(payload: object, services = new FakeServices(new ManualClock(now))) {
  const { server } = testServer({}, services)
  return { answer: await server.inject({ method: 'POST', url: '/search', payload }), services }
}

describe('POST /search', () => {
  it('asks the index, and answers what it found', async () => {
    const services = new FakeServices(new ManualClock(now))
    const hit = { id: 'a', dataStream: 'logs-nginx.access-default', sort: [now, 'a'] as const, source: '{"message":"x"}' }
    services.searchResult = async () => ({ hits: [hit], total: 1, aggregations: { levels: [{ key: 'error', count: 1 }] }, tookMs: 2 })
    const request = {
      query: 'log.level:error',
      since: '15m',
      until: 'now',
      size: 5,
      order: 'asc',
      searchAfter: [now, 'z'],
      trackTotal: true,
      aggregations: { levels: { type: 'terms', field: 'log.level', size: 3 }, time: { type: 'date_histogram', intervalMs: 60_000 } },
    }
    const { answer } = await search(request, services)
    const { since: _, until: __, ...rest } = request
    expect(services.searches).toEqual([{ ...rest, from: now - 900_000, to: now }])
    expect(answer.json()).toEqual({ hits: [hit], total: 1, aggregations: { levels: [{ key: 'error', count: 1 }] }, tookMs: 2 })
  })

  it('finds the newest 100 of everything when nothing is said', async () => {
    const { services } = await search({})
    expect(services.searches).toEqual([{ size: 100 }])
  })

  it.each([
    [{ from: 5 }, 5],
    [{ since: '2023-11-14' }, 1_699_920_000_000],
    [{ since: '2023-11-14T22:13:20' }, now],
    [{ since: '2023-11-14 22:13:20,000' }, now],
    [{ since: '2023-11-14T23:13:20+01:00' }, now],
    [{ since: '2h' }, now - 7_200_000],
    [{ since: '7d' }, now - 604_800_000],
  ])('understands the time %o', async (body, from) => {
    const { services } = await search(body)
    expect(services.searches).toEqual([{ size: 100, from }])
  })

  it.each([
    [{ since: 'yesterday' }, 'since'],
    [{ since: '2023-13-45' }, 'since'],
    [{ since: '1h', from: 5 }, 'either from or since'],
    [{ size: 10_001 }, 'size'],
    [{ size: -1 }, 'size'],
    [{ ordr: 'asc' }, 'ordr'],
    [{ query: 5 }, 'query'],
    [{ aggregations: { a: { type: 'terms', field: 'x', size: 1001 } } }, 'aggregations.a'],
    [{ aggregations: { a: { type: 'max', field: 'x' } } }, 'aggregations.a'],
    [[], 'object'],
  ])('refuses %o', async (body, complaint) => {
    const { answer, services } = await search(body)
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { error: { code: 'invalid-request', retryable: false } }])
    expect(answer.json<{ error: { message: string } }>().error.message).toContain(complaint)
    expect(services.searches).toEqual([])
  })

  it('says where a query goes wrong', async () => {
    const services = new FakeServices()
    services.searchResult = async () => Promise.reject(new QuerySyntaxError('Expected a value.', 10))
    const { answer } = await search({ query: 'log.level:' }, services)
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      { error: { code: 'query-syntax', message: 'Expected a value.', retryable: false, offset: 10 } },
    ])
  })

  it('tells of what nobody foresaw, to the client and to the operator', async () => {
    const services = new FakeServices()
    const error = new Error('disk on fire')
    services.searchResult = async () => Promise.reject(error)
    const { answer } = await search({}, services)
    expect([answer.statusCode, answer.json()]).toMatchObject([500, { error: { code: 'internal', retryable: true } }])
    expect(services.errors).toEqual([error])
  })

  it('refuses what is no JSON', async () => {
    const { server } = testServer()
    const answer = await server.inject({ method: 'POST', url: '/search', payload: '{', headers: { 'content-type': 'application/json' } })
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { error: { code: 'invalid-json' } }])
  })
})
