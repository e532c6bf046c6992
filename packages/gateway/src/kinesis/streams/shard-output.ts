import { formatSequenceNumber } from '@millrace/stream'
import type { Shard } from '@millrace/stream'

/** A shard as the API answers it. */
export function shardOutput(shard: Shard, closedTimestamp: number | undefined): object {
  const { endingPosition, createdTimestamp } = shard
  return {
    ShardId: shard.shardId,
    ParentShardId: shard.parentShardId,
    AdjacentParentShardId: shard.adjacentParentShardId,
    HashKeyRange: hashKeyRange(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: formatSequenceNumber(shard, 0, createdTimestamp),
      EndingSequenceNumber:
        endingPosition === undefined ? undefined : formatSequenceNumber(shard, endingPosition, closedTimestamp ?? createdTimestamp),
    },
  }
}

/** The children that a closed shard ends in. */
export function childShards(shardId: string, all: readonly Shard[]): object[] {
  return all
    .filter((shard) => shard.parentShardId === shardId || shard.adjacentParentShardId === shardId)
    .map((shard) => ({
      ShardId: shard.shardId,
      ParentShards: [shard.parentShardId, shard.adjacentParentShardId].filter((parent) => parent !== undefined),
      HashKeyRange: hashKeyRange(shard),
    }))
}

/** When each closed shard was: as its children were opened. */
export function closedTimestamps(all: readonly Shard[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const { parentShardId, adjacentParentShardId, createdTimestamp } of all) {
    for (const parent of [parentShardId, adjacentParentShardId]) {
      if (parent !== undefined) times.set(parent, Math.min(times.get(parent) ?? createdTimestamp, createdTimestamp))
    }
  }
  return times
}

function hashKeyRange({ startingHashKey, endingHashKey }: Shard): object {
  return { StartingHashKey: startingHashKey.toString(), EndingHashKey: endingHashKey.toString() }
}
