import { FunctionNotFoundError, type ReplayEvent } from '@millrace/function'
import { describe, expect, it } from 'vitest'
import { testServer } from '../../test/support/test-gateway.ts'

const url = '/streams/logs/replay'
const zero = { read: 0, filtered: 0, batches: 0, bytes: 0, succeeded: 0, failed: 0, previewed: 0, created: 0, different: 0, identical: 0 }
const end: ReplayEvent = { type: 'end', counts: zero, after: {} }

describe('POST /streams/{stream}/replay', () => {
  it('answers the events of the replay, a line each', async () => {
    const { server, services } = testServer()
    services.replayEvents = async function* () {
      yield { type: 'warning', message: 'old' }
      yield end
    }
    const answer = await server.inject({ method: 'POST', url, payload: { from: 1_000, to: 2_000, function: 'hello' } })
    expect(answer.headers['content-type']).toContain('application/x-ndjson')
    expect(
      answer.body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([{ type: 'warning', message: 'old' }, end])
    expect(services.replayRequests).toEqual([
      expect.objectContaining({
        streamName: 'logs',
        target: { functionName: 'hello' },
        from: 1_000,
        to: 2_000,
        dryRun: false,
        into: 'replay',
        concurrency: 4,
        retries: 2,
        show: 20,
      }),
    ])
  })

  it('says as the last line what failed on the way', async () => {
    const { server, services } = testServer()
    services.replayEvents = async function* () {
      yield { type: 'warning', message: 'old' }
      throw new FunctionNotFoundError('gone', [])
    }
    const { body } = await server.inject({ method: 'POST', url, payload: { from: '2h', function: 'hello', dryRun: true } })
    expect(JSON.parse(body.trim().split('\n').at(-1) ?? '')).toMatchObject({ type: 'error', error: { code: 'unknown-function' } })
  })

  it('answers 404 and 400 before it begins', async () => {
    const { server, services } = testServer()
    services.replayEvents = () => {
      throw new FunctionNotFoundError('nope', ['hello'])
    }
    const post = (payload: object) => server.inject({ method: 'POST', url, payload })
    expect((await post({ from: '2h', function: 'nope' })).statusCode).toBe(404)
    for (const wrong of [
      { function: 'hello' },
      { from: '2h' },
      { from: '2h', function: 'hello', mapping: '00000000-0000-4000-8000-000000000001' },
      { from: 'yesterday', function: 'hello' },
      { from: '2h', function: 'hello', into: 'No-Dataset' },
      { from: '2h', function: 'hello', concurrency: 65 },
    ]) {
      expect((await post(wrong)).statusCode, JSON.stringify(wrong)).toBe(400)
    }
  })
})
