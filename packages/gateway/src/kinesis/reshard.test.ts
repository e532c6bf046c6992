import { expect, it } from 'vitest'
import { KinesisCaller } from '../../test/support/kinesis-caller.ts'

interface Shards {
  readonly Shards: {
    readonly ShardId: string
    readonly ParentShardId?: string
    readonly AdjacentParentShardId?: string
    readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string }
  }[]
}
const id = (index: number): string => `shardId-00000000000${index}`
const half = (2n ** 127n).toString()

it('shards are split and merged, and read to their ends', async () => {
  const caller = new KinesisCaller()
  const StreamName = 's'
  await caller.ok('CreateStream', { StreamName, ShardCount: 1 })
  await caller.ok('PutRecord', { StreamName, Data: '', PartitionKey: 'k' })
  await caller.clock.advance(5000)
  expect(await caller.refused('SplitShard', { StreamName, ShardToSplit: id(0), NewStartingHashKey: '1' })).toContain(
    'InvalidArgumentException: NewStartingHashKey 1 used in SplitShard()',
  )
  expect(await caller.refused('SplitShard', { StreamName, ShardToSplit: id(9), NewStartingHashKey: half })).toContain(
    'ResourceNotFoundException',
  )
  await caller.ok('SplitShard', { StreamName, ShardToSplit: id(0), NewStartingHashKey: half })
  const { Shards } = await caller.ok<Shards>('ListShards', { StreamName })
  expect(Shards).toMatchObject([{ ShardId: id(0) }, { ShardId: id(1), ParentShardId: id(0) }, { ShardId: id(2), ParentShardId: id(0) }])
  expect(Shards.map((shard) => shard.SequenceNumberRange.EndingSequenceNumber !== undefined)).toEqual([true, false, false])
  const { ShardIterator } = await caller.ok('GetShardIterator', { StreamName, ShardId: id(0), ShardIteratorType: 'TRIM_HORIZON' })
  const end = await caller.ok('GetRecords', { ShardIterator })
  expect(end).toMatchObject({
    Records: [{ PartitionKey: 'k' }],
    ChildShards: [{ ShardId: id(1), ParentShards: [id(0)] }, { ShardId: id(2) }],
  })
  expect(end).not.toHaveProperty('NextShardIterator')
  expect(await caller.ok('ListShards', { StreamName, ShardFilter: { Type: 'AT_LATEST' } })).toMatchObject({
    Shards: [{ ShardId: id(1) }, { ShardId: id(2) }],
  })
  await caller.ok('MergeShards', { StreamName, ShardToMerge: id(1), AdjacentShardToMerge: id(2) })
  const merged = await caller.ok<Shards>('ListShards', { StreamName, ExclusiveStartShardId: id(2) })
  expect(merged.Shards).toMatchObject([{ ShardId: id(3), ParentShardId: id(1), AdjacentParentShardId: id(2) }])
  expect(await caller.refused('MergeShards', { StreamName, ShardToMerge: id(1), AdjacentShardToMerge: id(2) })).toContain('400 ')
  expect(await caller.ok('UpdateShardCount', { StreamName, TargetShardCount: 2, ScalingType: 'UNIFORM_SCALING' })).toMatchObject({
    CurrentShardCount: 1,
    TargetShardCount: 2,
  })
  expect(await caller.refused('UpdateShardCount', { StreamName, TargetShardCount: 5, ScalingType: 'UNIFORM_SCALING' })).toContain(
    'more than double',
  )
  expect(await caller.ok('DescribeStreamSummary', { StreamName })).toMatchObject({
    StreamDescriptionSummary: { OpenShardCount: 2, StreamStatus: 'ACTIVE' },
  })
})

it('retention is set within its bounds', async () => {
  const caller = new KinesisCaller()
  const StreamName = 's'
  await caller.ok('CreateStream', { StreamName, ShardCount: 1 })
  await caller.ok('IncreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 48 })
  expect(await caller.refused('IncreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 24 })).toContain(
    'InvalidArgumentException',
  )
  await caller.ok('DecreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 24 })
  expect(await caller.refused('DecreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 23 })).toContain('24 to 8760')
  expect(await caller.ok('DescribeStreamSummary', { StreamName })).toMatchObject({ StreamDescriptionSummary: { RetentionPeriodHours: 24 } })
})
