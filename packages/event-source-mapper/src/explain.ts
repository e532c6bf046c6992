import type { FunctionLoad } from './function-load.ts'
import type { MapperStats } from './mapper-stats.ts'

/** Why the mapper does not do more at once, at present. */
export interface Explanation {
  readonly reason: ConcurrencyReason
  /** A sentence or two for a person, with the numbers. */
  readonly message: string
}

export type ConcurrencyReason =
  | 'disabled'
  | 'stopped'
  | 'no-shards'
  | 'function-unavailable'
  | 'dead-letters-failing'
  | 'index-pushing-back'
  | 'stuck-on-retries'
  | 'throttled'
  | 'limit-reached'
  | 'waiting-for-permits'
  | 'environments-starting'
  | 'window-not-closed'
  | 'hot-shard'
  | 'few-partition-keys'
  | 'gathering'
  | 'idle'
  | 'at-full-concurrency'
  | 'few-busy-shards'

/** Names the first reason that holds, the gravest first. Pure. `now` is in milliseconds since the epoch. */
export function explain(stats: MapperStats, now: number, load?: FunctionLoad): Explanation {
  const lanes = stats.shards.flatMap((shard) => shard.lanes)
  const count = (...states: readonly string[]): number => lanes.filter((lane) => states.includes(lane.state)).length
  const { limit, ceiling, active } = stats.concurrency
  const answer = (reason: ConcurrencyReason, message: string): Explanation => ({ reason, message })

  if (lanes.length === 0) return answer('no-shards', 'No shard is assigned to this process.')
  if (count('unavailable') > 0)
    return answer('function-unavailable', `${count('unavailable')} of ${lanes.length} lanes wait, since the function cannot be run.`)
  if (count('overloaded') > 0 || (limit < ceiling && count('waiting') > 0)) {
    return answer(
      'index-pushing-back',
      `The index pushes back: ${count('overloaded')} of ${lanes.length} lanes wait for it, and ${limit} of ${ceiling} invocations are allowed at once until it answers well again.`,
    )
  }
  if (count('closing-window') > 0)
    return answer(
      'window-not-closed',
      `The final invocation of a window fails in ${count('closing-window')} of ${lanes.length} lanes: it is repeated until it succeeds, and the shard waits for it.`,
    )
  if (count('retrying') > 0) return answer('stuck-on-retries', retryMessage(stats, count('retrying'), lanes.length, now))
  if (count('throttled') > 0)
    return answer(
      'throttled',
      `The function is at its concurrency limit: ${count('throttled')} of ${lanes.length} lanes wait to try again.`,
    )
  if (count('waiting') > 0) return waiting(stats, count('waiting'), load)
  if (count('dead-lettering') > 0)
    return answer('dead-letters-failing', `${count('dead-lettering')} of ${lanes.length} lanes wait for the dead letters to be written.`)
  if (load !== undefined && load.queuedInvocations > 0 && load.startingEnvironments > 0)
    return answer(
      'environments-starting',
      `${load.queuedInvocations} invocations wait for execution environments: ${load.startingEnvironments} of ${load.environments} are still starting.`,
    )
  if (count('invoking') === lanes.length) return answer('at-full-concurrency', fullMessage(stats, lanes.length))
  const hot = stats.shards.find(
    (shard) => shard.lanes.length > 1 && shard.lanes.some(isBusy) && shard.lanes.some((lane) => lane.state === 'idle'),
  )
  if (hot !== undefined) {
    return answer(
      'few-partition-keys',
      `${hot.shardId} has records waiting in ${hot.lanes.filter(isBusy).length} of its ${hot.lanes.length} lanes only: its records carry too few partition keys to spread.`,
    )
  }
  const crowded = hotShard(stats)
  if (crowded !== undefined) return answer('hot-shard', crowded)
  if (count('invoking') > 0) return answer('few-busy-shards', `${active} of ${lanes.length} lanes invoke; the others have no records.`)
  if (count('gathering') > 0) return answer('gathering', `${stats.inFlight} records wait for their batching window.`)
  return answer('idle', 'There are no records to handle.')
}

function isBusy(lane: MapperStats['shards'][number]['lanes'][number]): boolean {
  return lane.state === 'invoking' && lane.queuedRecords > 0
}

function waiting(stats: MapperStats, lanes: number, load: FunctionLoad | undefined): Explanation {
  const { limit, active } = stats.concurrency
  if (active >= limit) return { reason: 'limit-reached', message: limitMessage(stats, lanes) }
  const used = load === undefined ? '' : ` (${load.concurrentExecutions} of ${load.concurrencyMax} executions are under way)`
  return { reason: 'waiting-for-permits', message: `${lanes} lanes wait for a permit of the function: its concurrency is used up${used}.` }
}

function limitMessage({ concurrency: { limit, active, waiting } }: MapperStats, lanes: number): string {
  return `${lanes} lanes wait: ${active} of ${limit} invocations are under way${waiting > 0 ? ', which is the limit (concurrencyMax)' : ''}.`
}

/** Nothing but the function's own time is in the way. */
function fullMessage({ durationMs, invocations }: MapperStats, lanes: number): string {
  const time = invocations === 0 ? '' : `; an invocation takes ${Math.round(durationMs / invocations)} ms on average`
  return `All ${lanes} lanes invoke${time}. More shards, or a higher ParallelizationFactor, would run more at once.`
}

/** A shard that has more than its lanes can do, while others have nothing to do. */
function hotShard({ shards }: MapperStats): string | undefined {
  const idle = shards.filter((shard) => shard.lanes.every((lane) => lane.state === 'idle')).length
  const hot = shards.find((shard) => shard.lanes.every(isBusy))
  if (hot === undefined || idle === 0) return undefined
  return `${hot.shardId} has records waiting behind all ${hot.lanes.length} of its lanes, while ${idle} of ${shards.length} shards are idle: a higher ParallelizationFactor, or partition keys that spread over the shards, would help.`
}

function retryMessage(stats: MapperStats, retrying: number, lanes: number, now: number): string {
  const stuck = stats.shards.filter((shard) => shard.lanes.some((lane) => lane.state === 'retrying'))
  const oldest = stuck.reduce((least, shard) => Math.min(least, shard.oldestUnsettledTimestamp ?? now), now)
  const blocked = stuck.filter((shard) => shard.blocked).length
  const held = blocked === 0 ? '' : ` ${blocked} shards poll nothing more until the oldest of them is settled.`
  return `${retrying} of ${lanes} lanes repeat records that failed; the oldest unsettled record is ${Math.floor((now - oldest) / 1000)} s old.${held}`
}
