import { InvalidReshardError } from '../errors.ts'
import { splitHashKeys } from '../hash-key.ts'
import type { Shard } from '../shard.ts'
import { streamLimits } from '../stream-settings.ts'
import { isOpen, type ReshardStep, splitAt } from './reshard.ts'

/** Throws `InvalidReshardError` for a count that no stream can have. */
export function assertTargetShardCount(stream: string, count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= streamLimits.shardCountMax) return
  throw new InvalidReshardError(
    `The stream "${stream}" can have 1 to ${streamLimits.shardCountMax} open shards; ${count} is not such a number.`,
  )
}

/**
 * The next steps towards so many shards of equal ranges, all of which can be taken at once; none when they are there. Splits at the bounds of the ranges that are to be
 * come first, then merges across those that are not: a shard that has several bounds in it is split in the middle one, so that few rounds are needed.
 */
export function scalingSteps(shards: readonly Shard[], count: number): ReshardStep[] {
  const open = shards.filter(isOpen).toSorted((one, other) => (one.startingHashKey < other.startingHashKey ? -1 : 1))
  const bounds = splitHashKeys(count).map(({ startingHashKey }) => startingHashKey)
  const splits = splitsAt(open, bounds)
  return splits.length > 0 ? splits : mergesAcross(open, new Set(bounds))
}

function splitsAt(open: readonly Shard[], bounds: readonly bigint[]): ReshardStep[] {
  const steps: ReshardStep[] = []
  let at = 0
  for (const shard of open) {
    while (at < bounds.length && (bounds[at] as bigint) <= shard.startingHashKey) at++
    const from = at
    while (at < bounds.length && (bounds[at] as bigint) <= shard.endingHashKey) at++
    if (at > from) steps.push(splitAt(shard, bounds[(from + at) >>> 1] as bigint))
  }
  return steps
}

/** Merges neighbours in pairs; a third one waits for the next round. */
function mergesAcross(open: readonly Shard[], bounds: ReadonlySet<bigint>): ReshardStep[] {
  const steps: ReshardStep[] = []
  for (let at = 0; at + 1 < open.length; at++) {
    const [low, high] = [open[at] as Shard, open[at + 1] as Shard]
    if (bounds.has(high.startingHashKey)) continue
    steps.push({ parents: [low, high], children: [{ startingHashKey: low.startingHashKey, endingHashKey: high.endingHashKey }] })
    at += 1
  }
  return steps
}
