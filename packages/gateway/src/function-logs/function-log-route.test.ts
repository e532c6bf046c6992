import { expect, it } from 'vitest'
import { FakeServices, testServer } from '../../test/support/test-gateway.ts'

const get = (url: string, services = new FakeServices()) => testServer({}, services).server.inject({ method: 'GET', url })

it('answers what a function has logged', async () => {
  const services = new FakeServices()
  const answer = await get('/functions/hello/logs?after=3&limit=5&since=2026-11-21T00:00:00Z', services)
  expect([answer.statusCode, answer.json()]).toEqual([200, { lines: [], missed: 0, next: 3 }])
  expect(services.logQueries).toEqual([{ name: 'hello', after: 3, limit: 5, since: Date.UTC(2026, 10, 21) }])
})

it.each([
  ['/functions/none/logs', 404, 'unknown-function'],
  ['/functions/hello/logs?limit=0', 400, 'invalid-request'],
  ['/functions/hello/logs?since=yesterday', 400, 'invalid-request'],
])('refuses %s', async (url, status, code) => {
  const answer = await get(url)
  expect([answer.statusCode, answer.json()]).toMatchObject([status, { error: { code } }])
})
