import { endingSequenceNumber, startingSequenceNumber } from '@millrace/stream'
import type { Shard } from '@millrace/stream'

/** A shard as the API answers it. */
export function shardOutput(shard: Shard): object {
  return {
    ShardId: shard.shardId,
    ParentShardId: shard.parentShardId,
    AdjacentParentShardId: shard.adjacentParentShardId,
    HashKeyRange: hashKeyRange(shard),
    SequenceNumberRange: { StartingSequenceNumber: startingSequenceNumber(shard), EndingSequenceNumber: endingSequenceNumber(shard) },
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

function hashKeyRange({ startingHashKey, endingHashKey }: Shard): object {
  return { StartingHashKey: startingHashKey.toString(), EndingHashKey: endingHashKey.toString() }
}
