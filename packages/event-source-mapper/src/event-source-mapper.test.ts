import { describe, expect, it } from 'vitest'
import { bench, failing, held } from './simulation/bench.ts'
import { allSettled } from './simulation/fake-invoker.ts'

describe('a shard that was revoked', () => {
  it('is settled by its next owner alone', async () => {
    const gate = held()
    let first = true
    await using it = bench({}, (invocation) => {
      if (!first) return Promise.resolve(allSettled(invocation.records))
      first = false
      return gate.handler(invocation)
    })
    it.put('a', 'b')
    await it.clock.advance(0)
    it.stream.revoke(it.shard)
    gate.finish()
    await it.clock.advance(0)
    expect(it.shard.checkpoint).toBe(0)
    expect(it.mapper.stats()).toMatchObject({ received: 2, settled: 0, inFlight: 0, abandoned: 2 })
    it.stream.assign()
    await it.clock.advance(0)
    expect(it.shard.checkpoint).toBe(2)
    expect(it.mapper.stats()).toMatchObject({ received: 4, settled: 2, inFlight: 0, abandoned: 2 })
  })
})

describe('stopping', () => {
  it('lets the invocation in hand finish, and checkpoints it', async () => {
    const { handler, finish } = held()
    await using it = bench({ BatchSize: 2 }, handler)
    it.put('a', 'b', 'c', 'd')
    await it.clock.advance(0)
    it.stop()
    await it.clock.advance(1_000)
    finish()
    await it.running
    expect(it.positions()).toEqual([[0, 1]])
    expect(it.shard.checkpoint).toBe(2)
    expect(it.mapper.stats()).toMatchObject({ settled: 2, abandoned: 2, inFlight: 0 })
    expect(it.mapper.explain().reason).toBe('stopped')
  })

  it('ends an invocation that outlasts the grace', async () => {
    await using it = bench({ shutdownGraceMs: 5_000 }, ({ signal }) => new Promise(() => signal))
    it.put('a')
    await it.clock.advance(0)
    it.stop()
    await it.clock.advance(5_000)
    await it.running
    expect(it.invocations[0]?.signal.aborted).toBe(true)
    expect(it.shard.checkpoint).toBe(0)
  })

  it('does not wait for dead letters that cannot be written', async () => {
    await using it = bench({ MaximumRetryAttempts: 0 }, failing(0))
    it.deadLetters.beforeAdd = () => Promise.reject(new Error('disk full'))
    it.put('a')
    await it.clock.advance(0)
    it.stop()
    await it.running
    expect(it.shard.checkpoint).toBe(0)
  })

  it('does not wait for retries', async () => {
    await using it = bench({}, failing(0))
    it.put('a')
    await it.clock.advance(0)
    it.stop()
    await it.running
    expect(it.shard.checkpoint).toBe(0)
  })
})

describe('a stream that fails', () => {
  it('is subscribed to again, with a warning', async () => {
    await using it = bench({})
    await it.clock.advance(0)
    it.stream.readError = Object.assign(new Error('the disk is gone'), { retryable: true })
    it.put('a')
    await it.clock.advance(10_000)
    expect(it.warnings).toMatchObject([{ kind: 'stream-failing', message: expect.stringContaining('the disk is gone') }])
    expect(it.shard.checkpoint).toBe(1)
  })

  it('for good ends the run', async () => {
    const it = bench({})
    const ended = expect(it.running).rejects.toThrow('deleted')
    await it.clock.advance(0)
    it.stream.readError = Object.assign(new Error('The stream was deleted.'), { retryable: false })
    it.put('a')
    await it.clock.advance(0)
    await ended
  })

  it('at the checkpoint only is tried again', async () => {
    await using it = bench({})
    let failures = 2
    it.stream.beforeCheckpoint = () => (failures-- > 0 ? Promise.reject(new Error('busy')) : Promise.resolve())
    it.put('a')
    await it.clock.advance(1_000)
    expect(it.shard.checkpoint).toBe(1)
    expect(it.warnings[0]).toMatchObject({ kind: 'checkpoint-failing' })
  })
})

it('runs no further than a window ahead of the checkpoint that is written, so that a successor knows what may be repeated', async () => {
  await using it = bench({ inFlightRecordsMax: 1_000 })
  const commit = Promise.withResolvers<void>()
  it.stream.beforeCheckpoint = () => commit.promise
  it.put(...Array.from({ length: 3_000 }, () => 'a'))
  await it.clock.advance(0)
  expect(it.shard.checkpoint).toBe(0)
  expect(it.invocations.at(-1)?.records.at(-1)?.position).toBeLessThan(1_000)
  commit.resolve()
  await it.clock.advance(0)
  expect(it.shard.checkpoint).toBe(3_000)
})

it('finishes a closed shard, also within the batching window', async () => {
  await using it = bench({ MaximumBatchingWindowInSeconds: 300 })
  it.put('a')
  it.shard.close()
  await it.clock.advance(0)
  expect(it.shard.checkpoint).toBe(1)
  expect(it.mapper.explain().reason).toBe('no-shards')
})

it('polls nothing where the mapping is not enabled', async () => {
  await using it = bench({ Enabled: false })
  it.put('a')
  await it.clock.advance(1_000)
  expect(it.mapper.stats().received).toBe(0)
  expect(it.mapper.explain().reason).toBe('disabled')
})
