import { InvalidReshardError, ShardClosedError, ShardLimitError, ShardNotFoundError } from '../errors.ts'
import type { HashKeyRange } from '../hash-key.ts'
import { childCreatedTimestamp } from '../sequence-number.ts'
import { type Shard, shardIdOf } from '../shard.ts'
import { streamLimits } from '../stream-settings.ts'

/** One parent that two children follow, or two parents that one child follows. */
export interface ReshardStep {
  readonly parents: readonly Shard[]
  readonly children: readonly HashKeyRange[]
}

/** The step of SplitShard. Throws `ShardNotFoundError`, `ShardClosedError`, `InvalidReshardError`, `ShardLimitError`. */
export function splitStep(stream: string, shards: readonly Shard[], shardId: string, newStartingHashKey: bigint): ReshardStep {
  const parent = openShard(stream, shards, shardId)
  const { startingHashKey, endingHashKey } = parent
  if (newStartingHashKey <= startingHashKey || newStartingHashKey > endingHashKey) {
    throw new InvalidReshardError(
      `${shardId} of the stream "${stream}" holds the hash keys from ${startingHashKey} to ${endingHashKey}; it cannot be split at ${newStartingHashKey}, which must be above the first and at most the last.`,
    )
  }
  if (shards.filter(isOpen).length >= streamLimits.shardCountMax) throw new ShardLimitError(stream, streamLimits.shardCountMax)
  return splitAt(parent, newStartingHashKey)
}

/** The step of MergeShards. Throws as `splitStep` does. */
export function mergeStep(stream: string, shards: readonly Shard[], shardId: string, adjacentShardId: string): ReshardStep {
  const parents = [openShard(stream, shards, shardId), openShard(stream, shards, adjacentShardId)] as const
  const [low, high] = parents[0].startingHashKey < parents[1].startingHashKey ? parents : ([parents[1], parents[0]] as const)
  if (low.endingHashKey + 1n !== high.startingHashKey) {
    throw new InvalidReshardError(
      `${shardId} and ${adjacentShardId} of the stream "${stream}" cannot be merged: there must be no hash key between them, and they must be two.`,
    )
  }
  return { parents, children: [{ startingHashKey: low.startingHashKey, endingHashKey: high.endingHashKey }] }
}

export function splitAt(parent: Shard, newStartingHashKey: bigint): ReshardStep {
  const { startingHashKey, endingHashKey } = parent
  const children = [
    { startingHashKey, endingHashKey: newStartingHashKey - 1n },
    { startingHashKey: newStartingHashKey, endingHashKey },
  ]
  return { parents: [parent], children }
}

/** The shards that the steps open, with the next indexes. The first parent of a step is the parent, the second the adjacent one. */
export function childShards(shards: readonly Shard[], steps: readonly ReshardStep[], now: number): Shard[] {
  let index = shards.reduce((most, shard) => Math.max(most, shard.index), -1)
  return steps.flatMap(({ parents, children }) => {
    const createdTimestamp = childCreatedTimestamp(now, parents)
    const [parent, adjacent] = parents
    return children.map((range) => {
      index += 1
      return {
        shardId: shardIdOf(index),
        index,
        ...range,
        createdTimestamp,
        ...(parent === undefined ? {} : { parentShardId: parent.shardId }),
        ...(adjacent === undefined ? {} : { adjacentParentShardId: adjacent.shardId }),
      }
    })
  })
}

export function isOpen(shard: Shard): boolean {
  return shard.endingPosition === undefined
}

function openShard(stream: string, shards: readonly Shard[], shardId: string): Shard {
  const shard = shards.find((candidate) => candidate.shardId === shardId)
  if (shard === undefined) throw new ShardNotFoundError(stream, shardId)
  if (!isOpen(shard)) throw new ShardClosedError(stream, shardId)
  return shard
}
