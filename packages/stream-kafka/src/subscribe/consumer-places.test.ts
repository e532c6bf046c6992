import { shardIdOf } from '@millrace/stream'
import { expect, it } from 'vitest'
import type { KafkaShard } from '../topics/stream-layout.ts'
import { eligiblePartitions } from './consumer-places.ts'

function shard(index: number, changes: Partial<KafkaShard> = {}): KafkaShard {
  const range = { startingHashKey: 0n, endingHashKey: 9n, createdTimestamp: 0 }
  return { shardId: shardIdOf(index), index, partition: index + 10, ...range, ...changes }
}

const at = (...positions: (readonly [number, number])[]) =>
  new Map(positions.map(([index, position]) => [index + 10, { position, lostRecords: 0 }]))

/** 0 and 1 were merged into 2, which was split into 3 and 4. */
const shards = [
  shard(0, { endingPosition: 5 }),
  shard(1, { endingPosition: 0 }),
  shard(2, { endingPosition: 7, parentShardId: shardIdOf(0), adjacentParentShardId: shardIdOf(1) }),
  shard(3, { parentShardId: shardIdOf(2) }),
  shard(4, { parentShardId: shardIdOf(2) }),
]

it('gives out shards whose parents are finished, and no finished ones', () => {
  expect(eligiblePartitions(shards, at())).toEqual([10, 11])
  expect(eligiblePartitions(shards, at([0, 5]))).toEqual([11])
  expect(eligiblePartitions(shards, at([0, 5], [1, 0]))).toEqual([12])
  expect(eligiblePartitions(shards, at([0, 5], [1, 0], [2, 6]))).toEqual([12])
  expect(eligiblePartitions(shards, at([0, 5], [1, 0], [2, 7]))).toEqual([13, 14])
})

it('does not wait for parents that retention has taken', () => {
  expect(eligiblePartitions(shards.slice(3), at())).toEqual([13, 14])
})
