import type { TumblingWindow } from '@millrace/function'
import { describe, expect, it } from 'vitest'
import type { Bench } from '../simulation/bench.ts'
import { bench } from '../simulation/bench.ts'
import type { FakeFunction, FakeInvocation } from '../simulation/fake-invoker.ts'
import { failure, returned } from '../simulation/fake-invoker.ts'
import { windowStateBytesMax } from './open-window.ts'

const minute = { payload: 'lambda', TumblingWindowInSeconds: 60 }
/** A whole minute, in milliseconds since the epoch, shortly before the clock's beginning. */
const start = 1_699_999_980_000

/** Counts records in its state. */
const counting: FakeFunction = ({ records, window }) =>
  Promise.resolve(returned({ state: { count: ((JSON.parse(window?.state ?? '') as { count?: number }).count ?? 0) + records.length } }))

function arrive(it: Bench, ...secondsAfterStart: number[]): void {
  for (const seconds of secondsAfterStart) it.shard.append('k', new Uint8Array(1), start + seconds * 1000)
}

/** Positions, state, and the flags of each invocation. */
function seen(invocations: readonly FakeInvocation[]): string[] {
  return invocations.map(({ records, window }) => {
    const { start: from, end, state, isFinalInvokeForWindow, isWindowTerminatedEarly } = window as TumblingWindow
    const flags = (isFinalInvokeForWindow ? ' final' : '') + (isWindowTerminatedEarly ? ' early' : '')
    return `${(from - start) / 1000}-${(end - start) / 1000} [${records.map((record) => record.position).join(' ')}] ${state}${flags}`
  })
}

describe('a tumbling window', () => {
  it('hands the state on, and is closed with it by the first record behind its end', async () => {
    await using it = bench({ ...minute, BatchSize: 2 }, counting)
    arrive(it, 1, 2, 59, 60, 61)
    await it.clock.advance(0)
    expect(seen(it.invocations)).toEqual(['0-60 [0 1] {}', '0-60 [2] {"count":2}', '0-60 [] {"count":3} final', '60-120 [3 4] {}'])
    expect(it.shard.checkpoint).toBe(3)
  })

  it('is closed two minutes past its end where nothing arrives', async () => {
    await using it = bench(minute, counting)
    arrive(it, 25)
    await it.clock.advance(0)
    const wait = start + 60_000 + 120_000 - it.clock.now()
    await it.clock.advance(wait - 1)
    expect(it.invocations).toHaveLength(1)
    expect(it.shard.checkpoint).toBe(0)
    await it.clock.advance(1)
    expect(seen(it.invocations)[1]).toBe('0-60 [] {"count":1} final')
    expect(it.shard.checkpoint).toBe(1)
  })

  it('is closed with its shard', async () => {
    await using it = bench(minute, counting)
    arrive(it, 25)
    it.shard.close()
    await it.clock.advance(0)
    expect(seen(it.invocations)).toEqual(['0-60 [0] {}', '0-60 [] {"count":1} final'])
    expect(it.shard.checkpoint).toBe(1)
  })

  it('holds its shard until the final invocation succeeds, whatever MaximumRetryAttempts says', async () => {
    let failures = 5
    await using it = bench({ ...minute, MaximumRetryAttempts: 0 }, (invocation) =>
      invocation.window?.isFinalInvokeForWindow === true && failures-- > 0 ? Promise.resolve(failure()) : counting(invocation),
    )
    arrive(it, 25, 60)
    await it.clock.advance(200)
    expect(it.shard.checkpoint).toBe(0)
    expect(it.warnings).toMatchObject([{ kind: 'window-not-closed' }])
    await it.clock.advance(60_000)
    expect(seen(it.invocations).slice(-2)).toEqual(['0-60 [] {"count":1} final', '60-120 [1] {}'])
    expect(it.shard.checkpoint).toBe(1)
  })

  it('takes a response without a state for a failure, and keeps the state before it', async () => {
    let calls = 0
    await using it = bench({ ...minute, MaximumRetryAttempts: 1, BatchSize: 1 }, (invocation) =>
      ++calls === 2 ? Promise.resolve(returned({})) : counting(invocation),
    )
    arrive(it, 1, 2)
    await it.clock.advance(1_000)
    expect(seen(it.invocations)).toEqual(['0-60 [0] {}', '0-60 [1] {"count":1}', '0-60 [1] {"count":1}'])
    expect(it.deadLetters.letters.size).toBe(0)
  })

  it('ends early where the state is larger than 1 MB, and goes on with a fresh one', async () => {
    let large = true
    await using it = bench({ ...minute, BatchSize: 1 }, (invocation) => {
      const state = large ? 'x'.repeat(windowStateBytesMax) : 'small'
      large = false
      return Promise.resolve(returned({ state: invocation.window?.isFinalInvokeForWindow === true ? null : state }))
    })
    arrive(it, 1, 2)
    await it.clock.advance(0)
    expect(seen(it.invocations).map((line) => line.replace(/x+/, 'x'))).toEqual(['0-60 [0] {}', '0-60 [] "x" final early', '0-60 [1] {}'])
  })

  it('comes again as a whole after a restart: its records, and a fresh state', async () => {
    await using it = bench({ ...minute, BatchSize: 1 }, counting)
    arrive(it, 1, 60, 61)
    await it.clock.advance(0)
    it.stream.revoke(it.shard)
    it.stream.assign()
    await it.clock.advance(0)
    expect(seen(it.invocations).slice(2)).toEqual(['60-120 [1] {}', '60-120 [2] {"count":1}', '60-120 [1] {}', '60-120 [2] {"count":1}'])
  })

  it('has one batch of a shard at a time, whatever ParallelizationFactor says', async () => {
    await using it = bench({ ...minute, ParallelizationFactor: 10 }, counting)
    await it.clock.advance(0)
    expect(it.mapper.stats().shards[0]?.lanes).toHaveLength(1)
  })

  it('keeps what succeeded of a batch that failed in part', async () => {
    let failed = false
    await using it = bench({ ...minute, FunctionResponseTypes: ['ReportBatchItemFailures'] }, (invocation) => {
      if (failed) return counting(invocation)
      failed = true
      return Promise.resolve(
        returned({ state: { count: 1 }, batchItemFailures: [{ itemIdentifier: invocation.records[1]?.sequenceNumber }] }),
      )
    })
    arrive(it, 1, 2, 3)
    await it.clock.advance(1_000)
    expect(seen(it.invocations)).toEqual(['0-60 [0 1 2] {}', '0-60 [1 2] {"count":1}'])
  })
})
