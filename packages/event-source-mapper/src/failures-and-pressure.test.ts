import { FunctionNotFoundError, TooManyRequestsError } from '@millrace/function'
import { describe, expect, it } from 'vitest'
import { bench, failing, held, keys } from './simulation/bench.ts'
import type { FakeFunction } from './simulation/fake-invoker.ts'
import { allSettled, failure, outcomes, returned } from './simulation/fake-invoker.ts'

describe('what failed', () => {
  it('is tried again alone, with waits that grow, before anything new of its lane', async () => {
    await using it = bench({ MaximumRetryAttempts: 2 }, failing(1))
    it.put('a', 'b', 'c')
    await it.clock.advance(0)
    it.put('d')
    expect(it.shard.checkpoint).toBe(1)
    expect(it.mapper.explain().reason).toBe('stuck-on-retries')
    await it.clock.advance(99)
    expect(it.positions()).toEqual([[0, 1, 2]])
    await it.clock.advance(1)
    expect(it.positions()).toEqual([[0, 1, 2], [1]])
    await it.clock.advance(200)
    expect(it.positions()).toEqual([[0, 1, 2], [1], [1], [3]])
    expect([...it.deadLetters.letters.values()]).toMatchObject([
      { position: 1, condition: 'RetryAttemptsExhausted', attempts: 3, reason: 'no', consumer: 'u', functionName: 'f', partitionKey: 'b' },
    ])
    expect(it.shard.checkpoint).toBe(4)
    expect(it.mapper.stats()).toMatchObject({ received: 4, settled: 3, deadLettered: 1, inFlight: 0, retries: 2, failedInvocations: 3 })
  })

  it('as a whole is tried again as a whole', async () => {
    let broken = true
    await using it = bench({}, ({ records }) => Promise.resolve(broken ? failure() : allSettled(records)))
    it.put('a', 'b')
    await it.clock.advance(250)
    broken = false
    await it.clock.advance(1_000)
    expect(it.positions()).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    expect(it.shard.checkpoint).toBe(2)
  })

  it('by ReportBatchItemFailures is tried again from the lowest sequence number on', async () => {
    let failures = 1
    await using it = bench({ payload: 'lambda', FunctionResponseTypes: ['ReportBatchItemFailures'] }, ({ records }) => {
      const failed = failures-- > 0 ? [records[3], records[1]] : []
      return Promise.resolve(returned({ batchItemFailures: failed.map((record) => ({ itemIdentifier: record?.sequenceNumber })) }))
    })
    it.put(...keys(5))
    await it.clock.advance(100)
    expect(it.positions()).toEqual([
      [0, 1, 2, 3, 4],
      [1, 2, 3, 4],
    ])
    expect(it.shard.checkpoint).toBe(5)
  })

  it('for ever is never tried again', async () => {
    await using it = bench({}, ({ records }) => Promise.resolve(outcomes(records.map(() => ({ outcome: 'terminal', reason: 'too odd' })))))
    it.put('a')
    await it.clock.advance(0)
    expect([...it.deadLetters.letters.values()]).toMatchObject([{ condition: 'Terminal', reason: 'too odd', attempts: 1 }])
  })

  it('because of its age is never invoked', async () => {
    await using it = bench({ MaximumRecordAgeInSeconds: 60 }, failing(1))
    it.shard.append('old', new Uint8Array(1), it.clock.now() - 61_000)
    it.put('b', 'c')
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[1, 2]])
    await it.clock.advance(120_000)
    expect([...it.deadLetters.letters.values()]).toMatchObject([
      { position: 0, condition: 'RecordAgeExceeded', attempts: 0, reason: 'The record is 61 s old; MaximumRecordAgeInSeconds is 60.' },
      { position: 1, condition: 'RecordAgeExceeded' },
    ])
    expect(it.shard.checkpoint).toBe(3)
  })

  it('holds the checkpoint until the dead letters have it', async () => {
    await using it = bench({ MaximumRetryAttempts: 0 }, failing(0))
    let full = true
    it.deadLetters.beforeAdd = () => (full ? Promise.reject(new Error('disk full')) : Promise.resolve())
    it.put('a', 'b')
    await it.clock.advance(500)
    expect(it.shard.checkpoint).toBe(0)
    expect(it.mapper.explain().reason).toBe('dead-letters-failing')
    expect(it.warnings).toMatchObject([{ kind: 'dead-letters-failing', message: expect.stringContaining('disk full') }])
    full = false
    await it.clock.advance(1_000)
    expect(it.shard.checkpoint).toBe(2)
    expect(it.deadLetters.letters.size).toBe(1)
  })
})

describe('pressure', () => {
  it('of the index spends no attempts, and lowers the concurrency for a while', async () => {
    let overloaded = true
    const handler: FakeFunction = ({ records }) =>
      Promise.resolve(
        outcomes(
          records.map(() => (overloaded ? { outcome: 'retry', cause: 'overload', reason: '429', afterMs: 1_000 } : { outcome: 'settled' })),
        ),
      )
    await using it = bench({ MaximumRetryAttempts: 0 }, handler, 8)
    for (const shard of it.stream.fakeShards) shard.append('k', new Uint8Array(1), it.clock.now())
    await it.clock.advance(10_500)
    expect(it.deadLetters.letters.size).toBe(0)
    expect(it.mapper.explain().reason).toBe('index-pushing-back')
    expect(it.mapper.stats().concurrency).toMatchObject({ limit: 1, ceiling: 8 })
    overloaded = false
    for (let round = 0; round < 100; round++) {
      for (const shard of it.stream.fakeShards) shard.append('k', new Uint8Array(1), it.clock.now())
      await it.clock.advance(100)
    }
    expect(it.mapper.stats().concurrency.limit).toBe(8)
    expect(it.mapper.stats()).toMatchObject({ settled: 808, inFlight: 0, failedInvocations: 0 })
  })

  it('of a throttled function spends no attempts', async () => {
    let throttles = 3
    await using it = bench({ MaximumRetryAttempts: 0 })
    it.invoker.beforePermit = () => (throttles-- > 0 ? Promise.reject(new TooManyRequestsError('Too many.')) : Promise.resolve())
    it.put('a')
    await it.clock.advance(0)
    expect(it.mapper.explain().reason).toBe('throttled')
    await it.clock.advance(700)
    expect(it.mapper.stats()).toMatchObject({ settled: 1, throttles: 3, invocations: 1 })
  })

  it('of a missing function loses nothing, and is told', async () => {
    let missing = true
    await using it = bench({ MaximumRetryAttempts: 0 })
    it.invoker.beforePermit = () => (missing ? Promise.reject(new FunctionNotFoundError('f', ['g'])) : Promise.resolve())
    it.put('a')
    await it.clock.advance(9_000)
    expect(it.mapper.explain().reason).toBe('function-unavailable')
    expect(it.warnings).toMatchObject([
      { kind: 'function-unavailable', message: expect.stringContaining('No function is called "f" (there is g).') },
    ])
    missing = false
    await it.clock.advance(1_000)
    expect(it.shard.checkpoint).toBe(1)
  })

  it('stops the polling: what waits is one batch a lane', async () => {
    const { handler } = held()
    await using it = bench({ BatchSize: 500, shutdownGraceMs: 10 }, handler)
    it.put(...keys(5_000))
    await it.clock.advance(0)
    expect(it.mapper.stats().received).toBe(1_000)
  })
})
