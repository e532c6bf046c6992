import { describe, expect, it } from 'vitest'
import { KinesisCaller } from '../../test/support/kinesis-caller.ts'
import { refusedOperations } from './operations/refused-operations.ts'

const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/s'
const text = (containing: string): string => expect.stringContaining(containing) as string

async function withStream(settings: object = {}): Promise<KinesisCaller> {
  const caller = new KinesisCaller()
  await caller.ok('CreateStream', { StreamName: 's', ShardCount: 2, ...settings })
  return caller
}

describe('streams', () => {
  it('are made, described and deleted', async () => {
    const caller = await withStream({ Tags: { team: 'logs' } })
    const { StreamDescription } = await caller.ok('DescribeStream', { StreamName: 's', Limit: 1 })
    expect(StreamDescription).toMatchObject({
      StreamName: 's',
      StreamARN: arn,
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      RetentionPeriodHours: 24,
      StreamCreationTimestamp: 1_700_000_000,
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: 'NONE',
      HasMoreShards: true,
      Shards: [
        {
          ShardId: 'shardId-000000000000',
          HashKeyRange: { StartingHashKey: '0', EndingHashKey: '170141183460469231731687303715884105727' },
          SequenceNumberRange: { StartingSequenceNumber: expect.stringMatching(/^49\d{54}$/) as string },
        },
      ],
    })
    const { StreamDescriptionSummary: summary } = await caller.ok<{ StreamDescriptionSummary: { StreamId: string } }>(
      'DescribeStreamSummary',
      { StreamARN: arn },
    )
    expect(summary).toMatchObject({ OpenShardCount: 2, ConsumerCount: 0, MaxRecordSizeInKiB: 1024 })
    const { StreamId } = summary
    expect(await caller.ok('DescribeStreamSummary', { StreamId })).toMatchObject({ StreamDescriptionSummary: { StreamName: 's' } })
    expect(await caller.refused('CreateStream', { StreamName: 's', ShardCount: 1 })).toBe(
      '400 ResourceInUseException: Stream s under account 000000000000 already exists.',
    )
    await caller.ok('DeleteStream', { StreamName: 's' })
    expect(await caller.refused('DescribeStream', { StreamName: 's' })).toBe(
      '400 ResourceNotFoundException: Stream s under account 000000000000 not found.',
    )
    await caller.ok('CreateStream', { StreamName: 's', StreamModeDetails: { StreamMode: 'ON_DEMAND' } })
    expect(await caller.ok('ListTagsForStream', { StreamName: 's' })).toEqual({ Tags: [], HasMoreTags: false })
    expect(await caller.ok('DescribeLimits')).toMatchObject({ OpenShardCount: 4, OnDemandStreamCount: 1 })
  })

  it('are listed in pages', async () => {
    const caller = new KinesisCaller()
    for (const StreamName of ['c', 'a', 'b']) await caller.ok('CreateStream', { StreamName, ShardCount: 1 })
    const page = await caller.ok<{ NextToken: string }>('ListStreams', { Limit: 2 })
    expect(page).toMatchObject({
      StreamNames: ['a', 'b'],
      HasMoreStreams: true,
      StreamSummaries: [{ StreamName: 'a', StreamStatus: 'ACTIVE' }, {}],
    })
    const { NextToken } = page
    expect(await caller.ok('ListStreams', { NextToken })).toMatchObject({ StreamNames: ['c'], HasMoreStreams: false })
    expect(await caller.ok('ListStreams', { ExclusiveStartStreamName: 'a' })).toMatchObject({ StreamNames: ['b', 'c'] })
    expect(await caller.refused('ListShards', { NextToken })).toContain('400 InvalidArgumentException')
    await caller.clock.advance(300_001)
    expect(await caller.refused('ListStreams', { NextToken })).toContain('400 ExpiredNextTokenException')
  })

  it('list their shards in pages, and by filters', async () => {
    const caller = await withStream({ ShardCount: 3 })
    interface Page {
      readonly Shards: { readonly ShardId: string }[]
      readonly NextToken: string
    }
    const ids = async (input: object): Promise<string[]> =>
      (await caller.ok<Page>('ListShards', input)).Shards.map(({ ShardId }) => ShardId.slice(-1))
    const { NextToken } = await caller.ok<Page>('ListShards', { StreamName: 's', MaxResults: 2 })
    expect(await ids({ NextToken })).toEqual(['2'])
    expect(await caller.refused('ListShards', { NextToken, StreamName: 's' })).toContain('cannot be provided together')
    expect(await ids({ StreamName: 's', ExclusiveStartShardId: 'shardId-000000000000' })).toEqual(['1', '2'])
    expect(await ids({ StreamName: 's', ShardFilter: { Type: 'AFTER_SHARD_ID', ShardId: 'shardId-000000000001' } })).toEqual(['2'])
    for (const Type of ['AT_TRIM_HORIZON', 'FROM_TRIM_HORIZON', 'AT_LATEST']) {
      expect(await ids({ StreamName: 's', ShardFilter: { Type } })).toEqual(['0', '1', '2'])
    }
    expect(await ids({ StreamName: 's', ShardFilter: { Type: 'AT_TIMESTAMP', Timestamp: 1_700_000_000 } })).toEqual(['0', '1', '2'])
    expect(await caller.refused('ListShards', { StreamName: 's', ShardFilter: { Type: 'AT_TIMESTAMP' } })).toContain(
      'Timestamp must be specified',
    )
    expect(await ids({ StreamName: 's', StreamCreationTimestamp: 1_700_000_000 })).toEqual(['0', '1', '2'])
    expect(await caller.refused('ListShards', { StreamName: 's', StreamCreationTimestamp: 1 })).toContain('ResourceNotFoundException')
  })

  it('have settings that are shown', async () => {
    const caller = await withStream()
    const describe = async (): Promise<object> =>
      (await caller.ok<{ StreamDescriptionSummary: object }>('DescribeStreamSummary', { StreamName: 's' })).StreamDescriptionSummary
    await caller.ok('StartStreamEncryption', { StreamName: 's', EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' })
    await caller.ok('UpdateStreamMode', { StreamARN: arn, StreamModeDetails: { StreamMode: 'ON_DEMAND' } })
    await caller.ok('UpdateMaxRecordSize', { StreamARN: arn, MaxRecordSizeInKiB: 2048 })
    await caller.ok('UpdateStreamWarmThroughput', { StreamARN: arn, WarmThroughputMiBps: 10 })
    expect(await caller.ok('EnableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics: ['ALL'] })).toMatchObject({
      CurrentShardLevelMetrics: [],
      DesiredShardLevelMetrics: { length: 7 },
    })
    await caller.ok('DisableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics: ['IncomingBytes'] })
    expect(await describe()).toMatchObject({
      EncryptionType: 'KMS',
      KeyId: 'alias/aws/kinesis',
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      MaxRecordSizeInKiB: 2048,
      WarmThroughput: { TargetMiBps: 10, CurrentMiBps: 10 },
      EnhancedMonitoring: [{ ShardLevelMetrics: { length: 6 } }],
    })
    const Data = Buffer.alloc(2_000_000).toString('base64')
    expect(await caller.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data })).toMatchObject({ EncryptionType: 'KMS' })
    await caller.ok('StopStreamEncryption', { StreamName: 's', EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' })
    expect(await describe()).toMatchObject({ EncryptionType: 'NONE' })
    expect(await caller.refused('PutRecord', { StreamName: 's', Data: '' })).toContain("Value null at 'partitionKey'")
    await caller.ok('UpdateStreamRecordDistributionStrategy', { StreamARN: arn, RecordDistributionStrategy: 'AUTO' })
    await caller.ok('PutRecord', { StreamName: 's', Data: '' })
  })

  it('have tags and policies, as consumers do', async () => {
    const caller = await withStream()
    await caller.ok('AddTagsToStream', { StreamName: 's', Tags: { b: '1', a: '2', c: '' } })
    await caller.ok('RemoveTagsFromStream', { StreamName: 's', TagKeys: ['c'] })
    expect(await caller.ok('ListTagsForStream', { StreamName: 's', Limit: 1 })).toEqual({
      Tags: [{ Key: 'a', Value: '2' }],
      HasMoreTags: true,
    })
    const { Consumer } = await caller.ok<{ Consumer: { ConsumerARN: string } }>('RegisterStreamConsumer', {
      StreamARN: arn,
      ConsumerName: 'c',
    })
    for (const ResourceARN of [arn, Consumer.ConsumerARN]) {
      await caller.ok('TagResource', { ResourceARN, Tags: { z: '9' } })
      expect(await caller.ok('ListTagsForResource', { ResourceARN })).toMatchObject({
        Tags: expect.arrayContaining([{ Key: 'z', Value: '9' }]) as object,
      })
      await caller.ok('UntagResource', { ResourceARN, TagKeys: ['z'] })
      expect(await caller.refused('GetResourcePolicy', { ResourceARN })).toContain('ResourceNotFoundException')
      await caller.ok('PutResourcePolicy', { ResourceARN, Policy: '{"Version":"2012-10-17"}' })
      expect(await caller.ok('GetResourcePolicy', { ResourceARN })).toEqual({ Policy: '{"Version":"2012-10-17"}' })
      await caller.ok('DeleteResourcePolicy', { ResourceARN })
    }
    const many = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`k${index}`, '']))
    expect(await caller.refused('AddTagsToStream', { StreamName: 's', Tags: many })).toContain('at most 50 tags')
    expect(await caller.refused('PutResourcePolicy', { ResourceARN: arn, Policy: 'all' })).toContain('InvalidArgumentException')
  })

  it('have consumers', async () => {
    const caller = await withStream()
    const { Consumer } = await caller.ok<{ Consumer: { ConsumerARN: string } }>('RegisterStreamConsumer', {
      StreamARN: arn,
      ConsumerName: 'c',
    })
    const { ConsumerARN } = Consumer
    expect(Consumer).toEqual({
      ConsumerName: 'c',
      ConsumerARN: `${arn}/consumer/c:1700000000`,
      ConsumerStatus: 'ACTIVE',
      ConsumerCreationTimestamp: 1_700_000_000,
    })
    expect(await caller.refused('RegisterStreamConsumer', { StreamARN: arn, ConsumerName: 'c' })).toContain('ResourceInUseException')
    expect(await caller.ok('DescribeStreamConsumer', { ConsumerARN })).toMatchObject({ ConsumerDescription: { StreamARN: arn } })
    expect(await caller.ok('ListStreamConsumers', { StreamARN: arn })).toMatchObject({ Consumers: [{ ConsumerName: 'c' }] })
    expect(await caller.refused('DeleteStream', { StreamName: 's' })).toContain('ResourceInUseException')
    expect(await caller.refused('DescribeStreamConsumer', { ConsumerARN: `${arn}/consumer/c:1` })).toContain('ResourceNotFoundException')
    await caller.ok('DeregisterStreamConsumer', { StreamARN: arn, ConsumerName: 'c' })
    expect(await caller.refused('DescribeStreamConsumer', { ConsumerARN })).toContain('ResourceNotFoundException')
    for (let count = 0; count < 20; count++) await caller.ok('RegisterStreamConsumer', { StreamARN: arn, ConsumerName: `c${count}` })
    expect(await caller.refused('RegisterStreamConsumer', { StreamARN: arn, ConsumerName: 'more' })).toContain('LimitExceededException')
    await caller.ok('DeleteStream', { StreamName: 's', EnforceConsumerDeletion: true })
    await caller.ok('CreateStream', { StreamName: 's', ShardCount: 1 })
    expect(await caller.ok('ListStreamConsumers', { StreamARN: arn })).toEqual({ Consumers: [] })
  })

  it.each(refusedOperations)('$name is refused in a sentence', async ({ name }) => {
    expect(await new KinesisCaller().refused(name, {})).toMatch(`400 UnsupportedOperationException: ${name} is not supported. `)
  })
})

describe('the protocol', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['no target', { 'x-amz-target': '' }, '{}', '400 UnknownOperationException'],
    ['another operation', { 'x-amz-target': 'Kinesis_20131202.Explode' }, '{}', '400 UnknownOperationException'],
    ['another service', { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, '{}', '400 UnknownOperationException'],
    ['another format', { 'content-type': 'text/plain' }, '{}', '404 UnknownOperationException'],
    ['broken JSON', {}, '{"StreamName"', '400 SerializationException'],
    ['no structure', {}, '[]', '400 SerializationException'],
    ['broken compression', { 'content-encoding': 'gzip' }, '{}', '400 SerializationException'],
    ['a strange Host', { host: 'evil.example.com' }, '{}', '403 AccessDeniedException'],
  ])('%s', async (_what, headers, body, answer) => {
    expect(await new KinesisCaller().refused('ListStreams', body, headers)).toContain(answer)
  })

  it('knows a request by its id', async () => {
    const { server } = new KinesisCaller()
    const response = await server.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Kinesis_20131202.ListStreams' },
    })
    expect(response.headers).toMatchObject({
      'x-amzn-requestid': text('request-'),
      'x-amz-id-2': expect.any(String) as string,
      'content-type': 'application/x-amz-json-1.1',
    })
    expect(response.json()).toEqual({ StreamNames: [], HasMoreStreams: false, StreamSummaries: [] })
  })

  it('bounds what is sent', async () => {
    const caller = new KinesisCaller({ kinesisBodyBytesMax: 1024 })
    expect(await caller.refused('ListStreams', JSON.stringify({ a: 'x'.repeat(2000) }))).toContain('413 SerializationException')
  })
})
