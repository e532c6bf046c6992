import type { Shard, StreamDescription } from '@millrace/stream'
import { KinesisError } from '../kinesis-error.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html */
export interface ShardFilter {
  readonly Type: 'AFTER_SHARD_ID' | 'AT_TRIM_HORIZON' | 'FROM_TRIM_HORIZON' | 'AT_LATEST' | 'AT_TIMESTAMP' | 'FROM_TIMESTAMP'
  readonly ShardId?: string
  /** Seconds since the epoch. */
  readonly Timestamp?: number
}

/** The shards that a filter means. Throws `InvalidArgumentException` for one without what its type needs, or with what it does not. */
export function filterShards(
  shards: readonly Shard[],
  filter: ShardFilter | undefined,
  { createdTimestamp, retentionHours }: StreamDescription,
  now: number,
): readonly Shard[] {
  if (filter === undefined) return shards
  check(filter)
  const { Type, ShardId = '', Timestamp = 0 } = filter
  const horizon = Math.max(createdTimestamp, now - retentionHours * 3_600_000)
  const at = Type.endsWith('TIMESTAMP') ? Math.max(horizon, Timestamp * 1000) : horizon
  const openAtOrAfter = (shard: Shard): boolean => shard.endingPosition === undefined || (shard.closedTimestamp ?? 0) > at
  switch (Type) {
    case 'AFTER_SHARD_ID':
      return shards.filter(({ shardId }) => shardId > ShardId)
    case 'AT_LATEST':
      return shards.filter(({ endingPosition }) => endingPosition === undefined)
    case 'FROM_TRIM_HORIZON':
      return shards
    case 'FROM_TIMESTAMP':
      return shards.filter(openAtOrAfter)
    default:
      return shards.filter((shard) => shard.createdTimestamp <= at && openAtOrAfter(shard))
  }
}

function check({ Type, ShardId, Timestamp }: ShardFilter): void {
  relate(Type, 'ShardId', ShardId !== undefined, Type === 'AFTER_SHARD_ID')
  relate(Type, 'Timestamp', Timestamp !== undefined, Type === 'AT_TIMESTAMP' || Type === 'FROM_TIMESTAMP')
}

function relate(type: string, name: string, given: boolean, needed: boolean): void {
  if (given === needed) return
  const message = needed
    ? `${name} must be specified for a shard filter of type ${type}.`
    : `${name} must not be specified for a shard filter of type ${type}.`
  throw new KinesisError('InvalidArgumentException', message)
}
