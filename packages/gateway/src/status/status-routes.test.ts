import { describe, expect, it } from 'vitest'
import { FakeServices, testServer } from '../../test/support/test-gateway.ts'

const get = (url: string, services = new FakeServices(), headers = {}, options = {}) =>
  testServer(options, services).server.inject({ method: 'GET', url, headers })

describe('the state of a gateway', () => {
  it('lives', async () => {
    const answer = await get('/healthz')
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok', name: 'millrace', version: '1.2.3' }])
    expect(answer.headers.server).toBe('millrace')
  })

  it('does not live once something has failed for good', async () => {
    const services = new FakeServices()
    services.live = { live: false, reasons: ['The thread that writes the index exited.'] }
    const answer = await get('/healthz', services)
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { status: 'failed', name: 'millrace', reasons: services.live.reasons }])
  })

  it('serves nothing but its state in a process without the role', async () => {
    const options = { statusOnly: true }
    for (const path of ['/', '/healthz', '/readyz', '/stats', '/metrics']) {
      expect((await get(path, new FakeServices(), {}, options)).statusCode, path).toBe(200)
    }
    const { server, services } = testServer(options)
    for (const url of ['/ingest/logs', '/search', '/dead-letters/redrive']) {
      const answer = await server.inject({ method: 'POST', url, payload: 'x' })
      expect([answer.statusCode, answer.json()], url).toMatchObject([421, { error: { code: 'role-missing', retryable: false } }])
      expect(answer.body).toContain('role gateway')
    }
    const invoked = await server.inject({ method: 'POST', url: '/2015-03-31/functions/hello/invocations' })
    expect(invoked.json()).toMatchObject({ Message: expect.stringContaining('role gateway') as string })
    expect((await server.inject('/streams')).statusCode).toBe(421)
    expect((await server.inject('/nothing')).statusCode).toBe(404)
    expect([services.fakeStreams.logs.puts, services.invocations]).toEqual([[], []])
  })

  it('is ready, or says what is missing', async () => {
    const services = new FakeServices()
    expect((await get('/readyz', services)).json()).toEqual({ ready: true, reasons: [], warnings: [] })
    services.ready = { ready: false, reasons: ['the index is opening'], warnings: [] }
    const answer = await get('/readyz', services)
    expect([answer.statusCode, answer.json()]).toEqual([503, services.ready])
    await get('/readyz?for=search', services)
    expect(services.purposes).toEqual(['all', 'all', 'search'])
    expect((await get('/readyz?for=lunch', services)).statusCode).toBe(400)
  })

  it('is told as statistics, streams, metrics and paths', async () => {
    expect((await get('/stats')).json()).toEqual({ received: 3 })
    expect((await get('/streams')).json()).toMatchObject({ streams: [{ name: 'logs', shardCount: 4 }] })
    const metrics = await get('/metrics')
    expect(metrics.headers['content-type']).toContain('text/plain')
    expect(metrics.body).toContain('# TYPE millrace_ingest_records_total counter')
    expect((await get('/')).json()).toMatchObject({ name: 'millrace', paths: expect.arrayContaining(['POST /search']) as string[] })
  })

  it('asks for a key everywhere but at the probes', async () => {
    const options = { apiKeys: ['a-long-enough-key'] }
    for (const path of ['/healthz', '/readyz']) expect((await get(path, new FakeServices(), {}, options)).statusCode).toBe(200)
    for (const path of ['/', '/stats', '/metrics', '/streams', '/dead-letters', '/nothing']) {
      const answer = await get(path, new FakeServices(), {}, options)
      expect([answer.statusCode, answer.headers['www-authenticate']], path).toEqual([401, 'Bearer realm="millrace"'])
      expect(answer.json()).toMatchObject({ error: { code: 'unauthorized', retryable: false } })
    }
    expect((await get('/stats', new FakeServices(), { authorization: 'Bearer a-long-enough-key' }, options)).statusCode).toBe(200)
  })

  it('refuses foreign hosts and pages', async () => {
    expect((await get('/stats', new FakeServices(), { host: 'evil.com' })).json()).toMatchObject({ error: { code: 'forbidden-host' } })
    expect((await get('/stats', new FakeServices(), { origin: 'http://evil.com' })).json()).toMatchObject({
      error: { code: 'forbidden-origin' },
    })
  })

  it('knows no other paths', async () => {
    const answer = await get('/nothing')
    expect([answer.statusCode, answer.json()]).toMatchObject([404, { error: { code: 'not-found', retryable: false } }])
    expect((await get('/%E0%A4%A')).statusCode).toBe(400)
  })
})
