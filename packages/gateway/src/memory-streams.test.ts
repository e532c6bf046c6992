import { createMemoryStreams } from '@millrace/stream'
import type { LightMyRequestResponse } from 'fastify'
import { expect, it } from 'vitest'
import { deadLetter } from '../test/support/fake-dead-letters.ts'
import { FakeServices, testServer } from '../test/support/test-gateway.ts'

async function gatewayOverMemory(): Promise<
  AsyncDisposable & { readonly services: FakeServices; post(url: string, payload: object | string): Promise<LightMyRequestResponse> }
> {
  const streams = createMemoryStreams()
  await streams.create('logs', { shardCount: 1, retentionHours: 24 })
  const services = new FakeServices()
  services.streams = streams
  services.deadLetters = streams.deadLetters
  const { server } = testServer({}, services)
  return {
    services,
    post: (url, payload) =>
      server.inject({ method: 'POST', url, payload, headers: typeof payload === 'string' ? { 'content-type': 'text/plain' } : {} }),
    [Symbol.asyncDispose]: () => streams.close(),
  }
}

async function read(services: FakeServices): Promise<object[]> {
  const stream = await services.streams.get('logs')
  const { records } = await stream.read('shardId-000000000000', { type: 'TRIM_HORIZON' }, { recordsMax: 100, bytesMax: 100_000 })
  return records.map((record) => ({ data: Buffer.from(record.data).toString(), ...record.headers }))
}

it('puts lines into a stream, from which they are read in order', async () => {
  await using gateway = await gatewayOverMemory()
  expect((await gateway.post('/ingest/logs', 'one\ntwo\nthree')).json()).toEqual({ accepted: 3 })
  expect(await read(gateway.services)).toEqual([{ data: 'one' }, { data: 'two' }, { data: 'three' }])
  const unknown = await gateway.post('/ingest/lgos', 'one')
  expect([unknown.statusCode, unknown.json()]).toMatchObject([404, { error: { message: expect.stringContaining('logs') as string } }])
})

it('redrives dead letters into a stream', async () => {
  await using gateway = await gatewayOverMemory()
  await gateway.services.deadLetters.add([deadLetter('a'), deadLetter('b')])
  expect((await gateway.post('/dead-letters/redrive', { all: true })).json()).toEqual({ redriven: 2, failed: [] })
  expect(await gateway.services.deadLetters.count()).toBe(0)
  const rest = { service: 'api', readTimestamp: 1_600_000_000_000, recordId: 'inc-3-7' }
  expect(await read(gateway.services)).toEqual([
    { data: 'data of a', ...rest },
    { data: 'data of b', ...rest },
  ])
})
