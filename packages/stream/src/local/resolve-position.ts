import { InvalidPositionError } from '../errors.ts'
import { sequencePosition } from '../sequence-position.ts'
import type { ShardPosition } from '../stream.ts'
import type { LocalShard } from './local-shard.ts'
import type { LocalStore } from './local-store.ts'

/**
 * The position that a read begins at, from the shard's horizon to its tip: what was trimmed is begun behind.
 * Throws `InvalidPositionError` for a sequence number that is none, or is another shard's, and for what lies past the end.
 */
export function resolvePosition(shard: LocalShard, from: ShardPosition, store: LocalStore): number | Promise<number> {
  switch (from.type) {
    case 'TRIM_HORIZON':
      return shard.horizon
    case 'LATEST':
      return shard.tip
    case 'AT_TIMESTAMP':
      return positionAt(shard, from.timestamp, store)
    case 'AT_POSITION':
      return within(shard, from.position, shard.tip, `position ${from.position}`)
    case 'AT_SEQUENCE_NUMBER':
      return within(
        shard,
        sequencePosition(shard.shard, from.sequenceNumber),
        lastSequence(shard),
        `sequence number ${from.sequenceNumber}`,
      )
    default:
      return within(
        shard,
        Math.min(shard.shard.endingPosition ?? Number.POSITIVE_INFINITY, sequencePosition(shard.shard, from.sequenceNumber) + 1),
        shard.tip,
        `sequence number ${from.sequenceNumber}`,
      )
  }
}

/** Besides the records' own, the first and the last sequence number that the shard is described with can be begun at. */
function lastSequence({ shard, tip }: LocalShard): number {
  return shard.endingPosition ?? Math.max(0, tip - 1)
}

async function positionAt(shard: LocalShard, timestamp: number, store: LocalStore): Promise<number> {
  if (!Number.isFinite(timestamp)) throw new InvalidPositionError(`${timestamp} is not a time in milliseconds since the epoch.`)
  const { tip } = shard
  const found = await store.positionAt(shard.key, timestamp)
  return Math.max(shard.horizon, found ?? tip)
}

function within(shard: LocalShard, position: number, last: number, what: string): number {
  if (!Number.isSafeInteger(position) || position < 0) throw new InvalidPositionError(`The ${what} is not a whole number of 0 or more.`)
  if (position <= last) return Math.max(position, shard.horizon)
  throw new InvalidPositionError(`The ${what} lies past the end of ${shard.shard.shardId}, whose next record gets position ${shard.tip}.`)
}
