import { describe, expect, it } from 'vitest'
import { bench, held } from './simulation/bench.ts'
import { allSettled } from './simulation/fake-invoker.ts'

const recordBytes = 10
const bounds = { BatchSize: 2, batchBytesMax: 2 * recordBytes, bufferedBytesMax: 10 * recordBytes }

describe('bytes that the shards of a mapper hold on to', () => {
  it('stay within their bound and one poll of each shard, however many shards wait for their function', async () => {
    const { handler } = held()
    await using it = bench({ ...bounds, shutdownGraceMs: 10 }, handler, 8)
    for (const shard of it.stream.fakeShards)
      for (let count = 0; count < 100; count++) shard.append('k', new Uint8Array(recordBytes), it.clock.now())
    await it.clock.advance(60_000)
    const { bufferedBytes, shards } = it.mapper.stats()
    expect(bufferedBytes).toBeLessThanOrEqual(bounds.bufferedBytesMax + 8 * bounds.batchBytesMax)
    expect(shards.every(({ inFlight }) => inFlight > 0)).toBe(true)
  })

  it('leave a shard its share while another is stuck', async () => {
    const gate = held()
    await using it = bench(
      { ...bounds, ParallelizationFactor: 2, shutdownGraceMs: 10 },
      async (invocation) => {
        return invocation.source.shard.index === 0 ? gate.handler(invocation) : allSettled(invocation.records)
      },
      2,
    )
    for (const shard of it.stream.fakeShards)
      for (let count = 0; count < 100; count++) shard.append(`k${count}`, new Uint8Array(recordBytes), it.clock.now())
    await it.clock.advance(60_000)
    expect(it.stream.fakeShards[1]?.checkpoint).toBe(100)
  })
})
