import { describe, expect, it } from 'vitest'
import { parseMappingParameters } from './parse-mapping-parameters.ts'
import type { Bench } from './simulation/bench.ts'
import { bench, failing, held, keys } from './simulation/bench.ts'
import { allSettled, failure, returned } from './simulation/fake-invoker.ts'

function update(it: Bench, parameters: Record<string, unknown>): void {
  const given = { StartingPosition: 'TRIM_HORIZON', payload: 'batch', ...parameters }
  it.mapper.update({ parameters: parseMappingParameters(given, it.clock.now()) })
}

describe('an update', () => {
  it('of the batch size goes for the next batch', async () => {
    await using it = bench({ BatchSize: 2, MaximumBatchingWindowInSeconds: 10 })
    it.put(...keys(3))
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0, 1]])
    update(it, { BatchSize: 3 })
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0, 1], [2]])
  })

  it('of the retries goes for what is being retried', async () => {
    await using it = bench({}, failing(0))
    it.put('a')
    await it.clock.advance(5_000)
    expect(it.deadLetters.letters.size).toBe(0)
    update(it, { MaximumRetryAttempts: 2 })
    await it.clock.advance(60_000)
    expect(it.deadLetters.letters.size).toBe(1)
    expect(it.shard.checkpoint).toBe(1)
  })

  it('of the function sends repeats to the new one', async () => {
    await using it = bench({ payload: 'lambda' }, () => Promise.resolve(failure()))
    it.put('a')
    await it.clock.advance(0)
    const names: string[] = []
    it.invoker.onAcquire = (name) => names.push(name)
    it.invoker.handler = () => Promise.resolve(returned(null))
    it.mapper.update({ functionName: 'g' })
    await it.clock.advance(1_000)
    expect(names).toEqual(['g'])
    expect(it.shard.checkpoint).toBe(1)
  })

  it('of the filters goes for what is polled from then on', async () => {
    await using it = bench({})
    it.put('a', 'b')
    await it.clock.advance(0)
    update(it, { FilterCriteria: { Filters: [{ Pattern: '{"partitionKey":["a"]}' }] } })
    it.put('a', 'b', 'b', 'a')
    await it.clock.advance(0)
    expect(it.positions()).toEqual([
      [0, 1],
      [2, 5],
    ])
    expect(it.shard.checkpoint).toBe(6)
    expect(it.mapper.stats()).toMatchObject({ received: 6, settled: 4, filtered: 2, inFlight: 0 })
  })

  it('of the lanes waits for what is under way, and repeats nothing', async () => {
    const { handler, finish } = held()
    let first = true
    await using it = bench({ BatchSize: 4 }, (invocation) => {
      if (!first) return Promise.resolve(allSettled(invocation.records))
      first = false
      return handler(invocation)
    })
    it.put(...keys(20))
    await it.clock.advance(0)
    update(it, { BatchSize: 4, ParallelizationFactor: 4 })
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0, 1, 2, 3]])
    finish()
    await it.clock.advance(0)
    expect(
      it
        .positions()
        .flat()
        .sort((one, other) => one - other),
    ).toEqual([...keys(20).keys()])
    expect(it.mapper.stats().shards[0]?.lanes).toHaveLength(4)
    expect(it.mapper.stats()).toMatchObject({ settled: 20, inFlight: 0, concurrency: { ceiling: 4 } })
  })

  it('of the lanes keeps the retries that were spent', async () => {
    await using it = bench({ MaximumRetryAttempts: 3 }, failing(1))
    it.put('a', 'b', 'c')
    await it.clock.advance(150)
    expect(it.invocations).toHaveLength(2)
    update(it, { MaximumRetryAttempts: 3, ParallelizationFactor: 5 })
    await it.clock.advance(60_000)
    expect(it.invocations).toHaveLength(4)
    expect([...it.deadLetters.letters.values()]).toMatchObject([{ position: 1, attempts: 4 }])
  })

  it('that disables polls nothing more, and one that enables goes on behind it', async () => {
    await using it = bench({})
    it.put('a')
    await it.clock.advance(0)
    update(it, { Enabled: false })
    await it.clock.advance(0)
    it.put('b')
    await it.clock.advance(1_000)
    expect(it.mapper.explain().reason).toBe('disabled')
    expect(it.positions()).toEqual([[0]])
    update(it, { Enabled: true })
    it.stream.assign()
    await it.clock.advance(1_000)
    expect(it.positions()).toEqual([[0], [1]])
  })

  it('of the windows closes the open one early', async () => {
    await using it = bench({ payload: 'lambda', TumblingWindowInSeconds: 60 }, ({ records }) =>
      Promise.resolve(returned({ state: records.length })),
    )
    it.put('a')
    await it.clock.advance(0)
    expect(it.shard.checkpoint).toBe(0)
    update(it, { payload: 'lambda', ParallelizationFactor: 2 })
    await it.clock.advance(0)
    expect(it.invocations.at(-1)?.window).toMatchObject({ state: '1', isFinalInvokeForWindow: true, isWindowTerminatedEarly: true })
    expect(it.shard.checkpoint).toBe(1)
    expect(it.mapper.stats().shards[0]?.lanes).toHaveLength(2)
  })
})
