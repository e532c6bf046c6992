import { expect, it } from 'vitest'
import { bench, keys } from './simulation/bench.ts'
import type { FakeFunction } from './simulation/fake-invoker.ts'
import { failure, returned } from './simulation/fake-invoker.ts'

const bisect = { payload: 'lambda', BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 }

/** Throws for a batch with one of these positions. */
function throwing(...positions: number[]): FakeFunction {
  return ({ records }) => Promise.resolve(records.some((record) => positions.includes(record.position)) ? failure() : returned(null))
}

/** Reports the first record with one of these positions as failed. */
function reporting(...positions: number[]): FakeFunction {
  return ({ records }) => {
    const failed = records.filter((record) => positions.includes(record.position))
    return Promise.resolve(returned({ batchItemFailures: failed.map((record) => ({ itemIdentifier: record.sequenceNumber })) }))
  }
}

it('splits a batch down to the record at fault, and spends retries on that one alone', async () => {
  await using it = bench(bisect, throwing(2))
  it.put(...keys(8))
  await it.clock.advance(10_000)
  expect(it.positions()).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3], [0, 1], [2, 3], [2], [2], [3], [4, 5, 6, 7]])
  expect([...it.deadLetters.letters.values()]).toMatchObject([{ position: 2, condition: 'RetryAttemptsExhausted' }])
  expect(it.shard.checkpoint).toBe(8)
  expect(it.mapper.stats()).toMatchObject({ settled: 7, deadLettered: 1, bisections: 3 })
})

it('splits in two whether or not the function may report items', async () => {
  await using it = bench({ ...bisect, FunctionResponseTypes: ['ReportBatchItemFailures'] }, throwing(0))
  it.put(...keys(4))
  await it.clock.advance(150)
  expect(it.positions().slice(0, 2)).toEqual([
    [0, 1, 2, 3],
    [0, 1],
  ])
})

it('splits at the record that was reported, and repeats the remainder only', async () => {
  await using it = bench({ ...bisect, FunctionResponseTypes: ['ReportBatchItemFailures'] }, reporting(3))
  it.put(...keys(6))
  await it.clock.advance(10_000)
  // The remainder is split in two when its first record fails again: so the records behind it are not given up with it.
  expect(it.positions()).toEqual([[0, 1, 2, 3, 4, 5], [3, 4, 5], [3, 4], [3], [3], [4], [5]])
  expect(it.deadLetters.letters.size).toBe(1)
})

it('gives the whole batch up where it is off', async () => {
  await using it = bench({ ...bisect, BisectBatchOnFunctionError: false }, throwing(2))
  it.put(...keys(4))
  await it.clock.advance(10_000)
  expect(it.positions()).toHaveLength(2)
  expect(it.deadLetters.letters.size).toBe(4)
})

it('repeats only the failed items where that is wanted, and the checkpoint waits for them', async () => {
  await using it = bench(
    { payload: 'lambda', FunctionResponseTypes: ['ReportBatchItemFailures'], retryFailedItemsOnly: true, MaximumRetryAttempts: 1 },
    reporting(1, 3),
  )
  it.put(...keys(5))
  await it.clock.advance(0)
  expect(it.shard.checkpoint).toBe(1)
  await it.clock.advance(10_000)
  expect(it.positions()).toEqual([
    [0, 1, 2, 3, 4],
    [1, 3],
  ])
  expect([...it.deadLetters.letters.values()]).toMatchObject([{ position: 1 }, { position: 3 }])
  expect(it.mapper.stats()).toMatchObject({ settled: 3, deadLettered: 2 })
  expect(it.shard.checkpoint).toBe(5)
})
