import { PayloadTooLargeError } from '@millrace/function'
import type { StreamRecord } from '@millrace/stream'
import { describe, expect, it } from 'vitest'
import { bench, held, keys } from './simulation/bench.ts'
import { allSettled, returned } from './simulation/fake-invoker.ts'

describe('batches', () => {
  it('sends what is there at once, and checkpoints past it', async () => {
    await using it = bench({})
    it.put('a', 'b', 'c')
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0, 1, 2]])
    expect(it.shard.checkpoint).toBe(3)
    expect(it.mapper.stats()).toMatchObject({ received: 3, settled: 3, inFlight: 0, invocations: 1 })
    expect(it.mapper.explain().reason).toBe('idle')
  })

  it('keeps to BatchSize, and grows batches while an invocation is under way', async () => {
    const { handler, finish } = held()
    await using it = bench({ BatchSize: 4 }, handler)
    it.put('a')
    await it.clock.advance(0)
    it.put(...keys(2))
    await it.clock.advance(0)
    it.put(...keys(7))
    finish()
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0], [1, 2, 3, 4], [5, 6, 7, 8], [9]])
  })

  it('gathers for the batching window', async () => {
    await using it = bench({ BatchSize: 3, MaximumBatchingWindowInSeconds: 5 })
    it.put('a')
    await it.clock.advance(4_999)
    expect(it.positions()).toEqual([])
    expect(it.mapper.explain().reason).toBe('gathering')
    await it.clock.advance(1)
    expect(it.positions()).toEqual([[0]])
    it.put('b', 'c', 'd', 'e')
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0], [1, 2, 3]])
  })

  it('keeps batches for batch handlers below the bytes', async () => {
    await using it = bench({ batchBytesMax: 25 })
    it.put('a', 'b', 'c', 'd', 'e')
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0, 1], [2, 3], [4]])
  })

  it('counts base64 towards the 6 MB of Lambda', async () => {
    await using it = bench({ payload: 'lambda' }, () => Promise.resolve(returned(null)))
    for (let count = 0; count < 6; count++) it.shard.append('k', new Uint8Array(1024 * 1024), it.clock.now())
    await it.clock.advance(0)
    expect(it.positions()).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ])
  })

  it('halves a batch that is too large after all, and gives up a record that is too large alone', async () => {
    await using it = bench({}, ({ records }) => {
      if (records.some((record) => record.position === 2)) throw new PayloadTooLargeError('7 MB are over 6 MB.')
      return Promise.resolve(allSettled(records))
    })
    it.put(...keys(4))
    await it.clock.advance(0)
    expect([...it.deadLetters.letters.values()]).toMatchObject([{ position: 2, condition: 'Terminal', reason: '7 MB are over 6 MB.' }])
    expect(it.shard.checkpoint).toBe(4)
    expect(it.mapper.stats()).toMatchObject({ settled: 3, deadLettered: 1 })
  })
})

describe('lanes', () => {
  it('run side by side, with each partition key in one of them', async () => {
    const { handler, finish } = held()
    await using it = bench({ ParallelizationFactor: 4 }, handler)
    it.put(...keys(40), ...keys(40))
    await it.clock.advance(0)
    const lanes = it.invocations.map(({ records }) => new Set(records.map((record) => record.partitionKey)))
    expect(lanes).toHaveLength(4)
    expect(lanes.reduce((sum, lane) => sum + lane.size, 0)).toBe(40)
    expect(it.mapper.explain().reason).toBe('at-full-concurrency')
    finish()
    await it.clock.advance(0)
    expect(it.shard.checkpoint).toBe(80)
  })

  it('never pass the checkpoint over a record of another lane', async () => {
    const gate = held()
    const stuck: string[] = []
    await using it = bench({ ParallelizationFactor: 2, inFlightRecordsMax: 1000 }, (invocation) => {
      if (stuck.length === 0) stuck.push(...invocation.records.map((record) => record.partitionKey))
      return invocation.records.some((record) => stuck.includes(record.partitionKey))
        ? gate.handler(invocation)
        : Promise.resolve(allSettled(invocation.records))
    })
    for (let round = 0; round < 50; round++) it.put(...keys(40))
    await it.clock.advance(0)
    const { shards } = it.mapper.stats()
    const first = it.shard.records.find((record) => stuck.includes(record.partitionKey)) as StreamRecord
    expect(it.shard.checkpoint).toBe(first.position)
    expect(shards[0]).toMatchObject({ blocked: true, oldestUnsettledTimestamp: it.clock.now() })
    expect(shards[0]?.windowRecords).toBeLessThanOrEqual(1000)
    gate.finish()
    await it.clock.advance(0)
    expect(it.shard.checkpoint).toBe(2000)
  })

  it('name few partition keys as the reason for low concurrency', async () => {
    const { handler } = held()
    await using it = bench({ ParallelizationFactor: 4, BatchSize: 2, shutdownGraceMs: 10 }, handler)
    it.put(...Array.from({ length: 20 }, () => 'one'))
    await it.clock.advance(0)
    expect(it.mapper.explain()).toEqual({
      reason: 'few-partition-keys',
      message: 'shardId-000000000000 has records waiting in 1 of its 4 lanes only: its records carry too few partition keys to spread.',
    })
  })

  it('share the limit', async () => {
    const { handler } = held()
    await using it = bench({ concurrencyMax: 2, shutdownGraceMs: 10 }, handler, 5)
    for (const shard of it.stream.fakeShards) shard.append('k', new Uint8Array(1), it.clock.now())
    await it.clock.advance(0)
    expect(it.invocations).toHaveLength(2)
    expect(it.mapper.explain()).toEqual({
      reason: 'limit-reached',
      message: '3 lanes wait: 2 of 2 invocations are under way, which is the limit (concurrencyMax).',
    })
  })
})
