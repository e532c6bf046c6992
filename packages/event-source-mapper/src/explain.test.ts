import { expect, it } from 'vitest'
import { explain } from './explain.ts'
import type { FunctionLoad } from './function-load.ts'
import type { LaneState, MapperStats } from './mapper-stats.ts'

function standing(states: readonly LaneState[], concurrency: Partial<MapperStats['concurrency']> = {}): MapperStats {
  const shards = states.map((state, index) => ({
    shardId: `shardId-${index}`,
    oldestUnsettledTimestamp: 1_000,
    blocked: state === 'retrying',
    lanes: [{ state, queuedRecords: 0 }],
  }))
  return {
    shards,
    inFlight: 5,
    durationMs: 100,
    invocations: 4,
    concurrency: { limit: 9, ceiling: 9, active: 1, waiting: 0, ...concurrency },
  } as unknown as MapperStats
}

it.each<[string, readonly LaneState[], Partial<MapperStats['concurrency']>, string]>([
  ['no-shards', [], {}, 'No shard is assigned to this process.'],
  ['idle', ['idle', 'idle'], {}, 'There are no records to handle.'],
  ['gathering', ['idle', 'gathering'], {}, '5 records wait for their batching window.'],
  ['few-busy-shards', ['invoking', 'idle'], {}, '1 of 2 lanes invoke; the others have no records.'],
  ['at-full-concurrency', ['invoking', 'invoking'], {}, 'All 2 lanes invoke; an invocation takes 25 ms on average.'],
  ['limit-reached', ['invoking', 'waiting'], { limit: 1, ceiling: 1, waiting: 1 }, 'under way, which is the limit (concurrencyMax).'],
  ['window-not-closed', ['closing-window', 'retrying'], {}, 'The final invocation of a window fails in 1 of 2 lanes'],
  ['waiting-for-permits', ['invoking', 'waiting'], {}, '1 lanes wait for a permit of the function: its concurrency is used up.'],
  ['index-pushing-back', ['invoking', 'waiting'], { limit: 1, ceiling: 2 }, '1 of 2 invocations are allowed at once'],
  ['index-pushing-back', ['overloaded', 'retrying'], {}, '1 of 2 lanes wait for it'],
  ['stuck-on-retries', ['retrying', 'waiting'], {}, 'the oldest unsettled record is 9 s old. 1 shards poll nothing more'],
  ['throttled', ['throttled', 'invoking'], {}, '1 of 2 lanes wait to try again.'],
  ['function-unavailable', ['unavailable', 'retrying'], {}, 'the function cannot be run.'],
  ['dead-letters-failing', ['dead-lettering', 'invoking'], {}, 'wait for the dead letters to be written.'],
])('says %s for %j with %j', (reason, states, concurrency, words) => {
  const explanation = explain(standing(states, concurrency), 10_000)
  expect(explanation.reason).toBe(reason)
  expect(explanation.message).toContain(words)
})

it('names a shard that has more than its lanes can do while others are idle', () => {
  const stats = standing(['invoking', 'idle', 'idle'])
  const [hot] = stats.shards
  const shards = [{ ...hot, lanes: [{ state: 'invoking', queuedRecords: 500 }] }, ...stats.shards.slice(1)] as MapperStats['shards']
  expect(explain({ ...stats, shards }, 0)).toEqual({
    reason: 'hot-shard',
    message:
      'shardId-0 has records waiting behind all 1 of its lanes, while 2 of 3 shards are idle: a higher ParallelizationFactor, or partition keys that spread over the shards, would help.',
  })
})

it('names what it is told of the function', () => {
  const load: FunctionLoad = {
    environments: 9,
    startingEnvironments: 4,
    queuedInvocations: 3,
    concurrentExecutions: 10,
    concurrencyMax: 10,
  }
  expect(explain(standing(['invoking']), 0, load)).toEqual({
    reason: 'environments-starting',
    message: '3 invocations wait for execution environments: 4 of 9 are still starting.',
  })
  expect(explain(standing(['waiting']), 0, load).message).toBe(
    '1 lanes wait for a permit of the function: its concurrency is used up (10 of 10 executions are under way).',
  )
})
