import { ManualClock } from '@millrace/testing'
import type { LightMyRequestResponse } from 'fastify'
import { beforeEach, describe, expect, it } from 'vitest'
import { deadLetter } from '../../test/support/fake-dead-letters.ts'
import { pressure } from '../../test/support/fake-streams.ts'
import { FakeServices, testServer } from '../../test/support/test-gateway.ts'

let services: FakeServices
const send = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object): Promise<LightMyRequestResponse> =>
  testServer({}, services).server.inject({ method, url, ...(payload === undefined ? {} : { payload }) })
const ids = (): string[] => services.fakeLetters.letters.map(({ id }) => id)

beforeEach(() => {
  services = new FakeServices(new ManualClock(1_700_000_000_000))
})

describe('dead letters', () => {
  it('are listed page by page', async () => {
    await services.fakeLetters.add(['a', 'b', 'c'].map((id) => deadLetter(id)))
    const first = await send('GET', '/dead-letters?limit=2')
    expect(first.json()).toMatchObject({ deadLetters: [{ id: 'a', reason: 'no such field' }, { id: 'b' }], next: 'b' })
    const second = await send('GET', '/dead-letters?limit=2&after=b')
    expect(second.json()).toMatchObject({ deadLetters: [{ id: 'c' }] })
    expect(second.json()).not.toHaveProperty('next')
  })

  it('end a page that grows too large', async () => {
    await services.fakeLetters.add(['a', 'b', 'c'].map((id) => deadLetter(id, { data: Buffer.alloc(5_000_000) })))
    const page = (await send('GET', '/dead-letters')).json<{ deadLetters: { id: string }[]; next: string }>()
    expect([page.deadLetters.map(({ id }) => id), page.next]).toEqual([['a'], 'a'])
  })

  it.each(['limit=0', 'limit=1001', 'limit=x', 'sream=logs'])('refuse the query %s', async (query) => {
    expect((await send('GET', `/dead-letters?${query}`)).statusCode).toBe(400)
  })

  it('are selected by stream and function', async () => {
    await services.fakeLetters.add([deadLetter('a'), deadLetter('b', { stream: 'other' }), deadLetter('c', { functionName: 'f' })])
    expect((await send('GET', '/dead-letters?stream=other')).json()).toMatchObject({ deadLetters: [{ id: 'b' }] })
    expect((await send('GET', '/dead-letters?function=f')).json()).toMatchObject({ deadLetters: [{ id: 'c' }] })
  })

  it('are shown with their bytes, and removed', async () => {
    await services.fakeLetters.add([deadLetter('a/b', { data: Buffer.from([0, 255]) })])
    expect((await send('GET', '/dead-letters/a%2Fb')).json()).toMatchObject({ id: 'a/b', data: 'AP8=', condition: 'Terminal' })
    expect((await send('DELETE', '/dead-letters/a%2Fb')).json()).toEqual({ removed: 1 })
    for (const method of ['GET', 'DELETE'] as const) {
      expect((await send(method, '/dead-letters/a%2Fb')).json()).toMatchObject({ error: { code: 'unknown-dead-letter' } })
    }
  })
})

describe('redriving dead letters', () => {
  it('puts the records back with the identity, headers and time that they had', async () => {
    const numbered = { headers: { service: 'api', producerId: 'run' }, producerSequence: 35 }
    await services.fakeLetters.add([
      deadLetter('a'),
      deadLetter('b', numbered),
      deadLetter('c', { headers: { recordId: 'own', readTimestamp: 5 } }),
    ])
    const answer = await send('POST', '/dead-letters/redrive', { ids: ['a', 'b', 'c', 'a'] })
    expect([answer.statusCode, answer.json()]).toEqual([200, { redriven: 3, failed: [] }])
    expect(ids()).toEqual([])
    const readTimestamp = 1_600_000_000_000
    expect(services.fakeStreams.logs.records).toEqual([
      { partitionKey: 'key', data: Buffer.from('data of a'), headers: { service: 'api', readTimestamp, recordId: 'inc-3-7' } },
      {
        partitionKey: 'key',
        data: Buffer.from('data of b'),
        headers: { service: 'api', producerId: 'run', readTimestamp, recordId: 'run-z' },
        producerSequence: 35,
      },
      { partitionKey: 'key', data: Buffer.from('data of c'), headers: { recordId: 'own', readTimestamp: 5 } },
    ])
  })

  it('keeps the identity when it died between the put and the removal', async () => {
    await services.fakeLetters.add([deadLetter('a')])
    services.fakeLetters.removeFailure = new Error('killed')
    expect((await send('POST', '/dead-letters/redrive', { ids: ['a'] })).statusCode).toBe(500)
    services.fakeLetters.removeFailure = undefined
    expect((await send('POST', '/dead-letters/redrive', { ids: ['a'] })).json()).toEqual({ redriven: 1, failed: [] })
    expect(services.fakeStreams.logs.records.map((record) => record.headers?.recordId)).toEqual(['inc-3-7', 'inc-3-7'])
  })

  it('drives all that were there, also over many pages, and leaves those that come meanwhile', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `id-${String(index).padStart(4, '0')}`)
    await services.fakeLetters.add([...names.map((id) => deadLetter(id)), deadLetter('id-9999', { timestamp: 1_700_000_000_001 })])
    expect((await send('POST', '/dead-letters/redrive', { all: true })).json()).toEqual({ redriven: 250, failed: [] })
    expect(ids()).toEqual(['id-9999'])
    expect(services.fakeStreams.logs.puts).toEqual([100, 100, 50])
  })

  it('drives all of a stream or a function', async () => {
    await services.fakeLetters.add([deadLetter('a'), deadLetter('b', { functionName: 'f' })])
    expect((await send('POST', '/dead-letters/redrive', { all: true, function: 'f' })).json()).toEqual({ redriven: 1, failed: [] })
    expect(ids()).toEqual(['a'])
  })

  it('leaves what cannot be put, and says why', async () => {
    await services.fakeLetters.add([deadLetter('a', { stream: 'gone' }), deadLetter('b')])
    const answer = await send('POST', '/dead-letters/redrive', { ids: ['a', 'b', 'x'] })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      redriven: 1,
      failed: [
        { id: 'x', code: 'unknown-dead-letter', retryable: false },
        { id: 'a', code: 'unknown-stream', retryable: false },
      ],
    })
    expect(ids()).toEqual(['a'])
  })

  it('stops under pressure', async () => {
    await services.fakeLetters.add(Array.from({ length: 150 }, (_, index) => deadLetter(`id-${String(index).padStart(4, '0')}`)))
    services.fakeStreams.logs.refuse = (_, index) => (index >= 60 ? pressure : undefined)
    const answer = await send('POST', '/dead-letters/redrive', { all: true })
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '1'])
    expect(answer.json()).toMatchObject({ redriven: 60, error: { code: 'throughput-exceeded', retryable: true } })
    expect(ids()).toHaveLength(90)
    expect(services.fakeStreams.logs.puts).toEqual([100])
  })

  it.each([{}, { ids: [] }, { all: false }, { ids: ['a'], all: true }, { all: true, strem: 'x' }])('refuses %o', async (body) => {
    expect((await send('POST', '/dead-letters/redrive', body)).json()).toMatchObject({ error: { code: 'invalid-request' } })
  })
})
