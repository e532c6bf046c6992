import { describe, expect, it } from 'vitest'
import { KinesisCaller } from '../../test/support/kinesis-caller.ts'

interface Iterator {
  readonly ShardIterator: string
}
interface Got {
  readonly Records: {
    readonly Data: string
    readonly PartitionKey: string
    readonly SequenceNumber: string
    readonly ApproximateArrivalTimestamp: number
  }[]
  readonly NextShardIterator: string
  readonly MillisBehindLatest: number
}
interface Put {
  readonly ShardId: string
  readonly SequenceNumber: string
}

const ShardId = 'shardId-000000000000'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const cbor = { 'content-type': 'application/x-amz-cbor-1.1' }

async function withStream(ShardCount = 1): Promise<KinesisCaller> {
  const caller = new KinesisCaller()
  await caller.ok('CreateStream', { StreamName: 's', ShardCount })
  return caller
}

async function read(caller: KinesisCaller, start: object): Promise<string[]> {
  const { ShardIterator } = await caller.ok<Iterator>('GetShardIterator', { StreamName: 's', ShardId, ...start })
  const { Records } = await caller.ok<Got>('GetRecords', { ShardIterator })
  return Records.map(({ Data }) => Buffer.from(Data, 'base64').toString())
}

describe('records', () => {
  it('come back as they were put', async () => {
    const caller = await withStream()
    const put = await caller.ok<Put>('PutRecord', { StreamName: 's', Data: base64('one'), PartitionKey: 'k' })
    expect(put).toMatchObject({ ShardId, SequenceNumber: expect.stringMatching(/^49\d{54}$/) as string })
    const more = {
      StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
      Records: ['two', 'three'].map((text) => ({ Data: base64(text), PartitionKey: 'k' })),
    }
    expect(await caller.ok('PutRecords', more)).toMatchObject({ FailedRecordCount: 0, Records: [{ ShardId }, { ShardId }] })
    const { ShardIterator } = await caller.ok<Iterator>('GetShardIterator', { StreamName: 's', ShardId, ShardIteratorType: 'TRIM_HORIZON' })
    const first = await caller.ok<Got>('GetRecords', { ShardIterator, Limit: 1 })
    expect(first.Records).toEqual([
      {
        Data: base64('one'),
        PartitionKey: 'k',
        SequenceNumber: put.SequenceNumber,
        ApproximateArrivalTimestamp: caller.clock.now() / 1000,
      },
    ])
    const rest = await caller.ok<Got>('GetRecords', { ShardIterator: first.NextShardIterator })
    expect(rest.Records.map(({ Data }) => Data)).toEqual([base64('two'), base64('three')])
    expect(rest.MillisBehindLatest).toBe(0)
    expect((await caller.ok<Got>('GetRecords', { ShardIterator: rest.NextShardIterator })).Records).toEqual([])
  })

  it('are read from every kind of start', async () => {
    const caller = await withStream()
    const sequences: string[] = []
    const times: number[] = []
    for (const text of ['a', 'b', 'c']) {
      const { SequenceNumber } = await caller.ok<Put>('PutRecord', { StreamName: 's', Data: base64(text), PartitionKey: 'k' })
      sequences.push(SequenceNumber)
      times.push(caller.clock.now() / 1000)
      await caller.clock.advance(1000)
    }
    expect(await read(caller, { ShardIteratorType: 'TRIM_HORIZON' })).toEqual(['a', 'b', 'c'])
    expect(await read(caller, { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: sequences[1] })).toEqual(['b', 'c'])
    expect(await read(caller, { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: sequences[1] })).toEqual(['c'])
    expect(await read(caller, { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: times[2] })).toEqual(['c'])
    expect(await read(caller, { ShardIteratorType: 'LATEST' })).toEqual([])
  })

  it('LATEST is the moment in which it was asked for', async () => {
    const caller = await withStream()
    const { ShardIterator } = await caller.ok<Iterator>('GetShardIterator', { StreamName: 's', ShardId, ShardIteratorType: 'LATEST' })
    await caller.ok('PutRecord', { StreamName: 's', Data: base64('later'), PartitionKey: 'k' })
    expect((await caller.ok<Got>('GetRecords', { ShardIterator })).Records).toHaveLength(1)
  })

  it('travel as CBOR, with times in milliseconds', async () => {
    const caller = await withStream()
    // { StreamName: 's', PartitionKey: 'k', Data: bytes 00 ff }, as a Java client writes it.
    const request = Buffer.from('bf6a53747265616d4e616d6561736c506172746974696f6e4b6579616b64446174614200ffff', 'hex')
    await caller.ok('PutRecord', request, cbor)
    // GetShardIterator's Timestamp is a tag 1 with milliseconds.
    const start = Buffer.concat([
      Buffer.from('a46a53747265616d4e616d656173675368617264496474', 'hex'),
      Buffer.from(ShardId),
      Buffer.from('7153686172644974657261746f72547970656c41545f54494d455354414d506954696d657374616d70c11b', 'hex'),
      Buffer.from(caller.clock.now().toString(16).padStart(16, '0'), 'hex'),
    ])
    const { ShardIterator } = await caller.ok<Iterator>('GetShardIterator', start, cbor)
    const response = await caller.call('GetRecords', { ShardIterator }, cbor)
    const { Records } = response.body as unknown as { Records: { Data: Uint8Array; ApproximateArrivalTimestamp: number }[] }
    expect([...(Records[0]?.Data ?? [])]).toEqual([0, 255])
    expect(Records[0]?.ApproximateArrivalTimestamp).toBe(caller.clock.now() / 1000)
    expect(await caller.refused('DescribeStream', { StreamName: 'none' }, cbor)).toBe(
      '400 ResourceNotFoundException: Stream none under account 000000000000 not found.',
    )
  })

  it('are spread by their hash keys', async () => {
    const caller = await withStream(2)
    const Records = ['0', (2n ** 128n - 1n).toString()].map((ExplicitHashKey) => ({ Data: '', PartitionKey: 'k', ExplicitHashKey }))
    const answer = await caller.ok<{ Records: Put[] }>('PutRecords', { StreamName: 's', Records })
    expect(answer.Records.map((record) => record.ShardId)).toEqual(['shardId-000000000000', 'shardId-000000000001'])
  })

  it.each<[string, string, object, string]>([
    [
      'no stream',
      'PutRecord',
      { Data: '', PartitionKey: 'k' },
      '400 InvalidArgumentException: Either StreamName, StreamARN or StreamId must be given.',
    ],
    [
      'another stream',
      'PutRecord',
      { StreamName: 'x', Data: '', PartitionKey: 'k' },
      '400 ResourceNotFoundException: Stream x under account 000000000000 not found.',
    ],
    [
      'no key',
      'PutRecord',
      { StreamName: 's', Data: '' },
      "400 ValidationException: 1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null",
    ],
    [
      'no base64',
      'PutRecord',
      { StreamName: 's', Data: 'ä!ä!', PartitionKey: 'k' },
      '400 SerializationException: A Blob is not sound base64.',
    ],
    [
      'a hash key too large',
      'PutRecord',
      { StreamName: 's', Data: '', PartitionKey: 'k', ExplicitHashKey: (2n ** 128n).toString() },
      '400 InvalidArgumentException: Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was 340282366920938463463374607431768211456',
    ],
    [
      'a record too large',
      'PutRecord',
      { StreamName: 's', Data: base64('x'.repeat(1024 * 1024)), PartitionKey: 'k' },
      "400 ValidationException: 1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
    ],
    [
      'too much',
      'PutRecords',
      { StreamName: 's', Records: Array.from({ length: 11 }, () => ({ Data: base64('x'.repeat(1_000_000)), PartitionKey: 'k' })) },
      '400 InvalidArgumentException: Records size exceeds 10 MB limit',
    ],
    [
      'too many',
      'PutRecords',
      { StreamName: 's', Records: Array.from({ length: 501 }, () => ({ Data: '', PartitionKey: 'k' })) },
      "at 'records' failed to satisfy constraint: Member must have length less than or equal to 500",
    ],
    [
      'a key too long',
      'PutRecords',
      { StreamName: 's', Records: [{ Data: '', PartitionKey: 'x'.repeat(257) }] },
      "at 'records.1.member.partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256",
    ],
    [
      'another type',
      'PutRecords',
      { StreamName: 's', Records: 'all' },
      '400 SerializationException: STRING_VALUE can not be converted to a List',
    ],
    ['a dry run', 'PutRecord', { StreamName: 's', Data: '', PartitionKey: 'k', DryRun: true }, '400 DryRunOperationException: '],
    [
      'another shard',
      'GetShardIterator',
      { StreamName: 's', ShardId: 'shardId-000000000007', ShardIteratorType: 'LATEST' },
      '400 ResourceNotFoundException: Shard shardId-000000000007 in stream s under account 000000000000 does not exist',
    ],
    [
      'no sequence number',
      'GetShardIterator',
      { StreamName: 's', ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' },
      '400 InvalidArgumentException: Must specify startingSequenceNumber parameter for iterator of type AT_SEQUENCE_NUMBER. Current request has no startingSequenceNumber parameter.',
    ],
    [
      'a foreign sequence number',
      'GetShardIterator',
      { StreamName: 's', ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: '123' },
      '400 InvalidArgumentException: StartingSequenceNumber 123 used in GetShardIterator on shard shardId-000000000000 in stream s under account 000000000000 is invalid because it did not come from this stream.',
    ],
    [
      'a time to come',
      'GetShardIterator',
      { StreamName: 's', ShardId, ShardIteratorType: 'AT_TIMESTAMP', Timestamp: 9e9 },
      '400 InvalidArgumentException: The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 9000000000000, currentTimestampInMillis: 1700000000000',
    ],
    [
      'no type',
      'GetShardIterator',
      { StreamName: 's', ShardId, ShardIteratorType: 'NEWEST' },
      "Value 'NEWEST' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: [AT_SEQUENCE_NUMBER",
    ],
    ['no iterator', 'GetRecords', { ShardIterator: 'AAAA' }, '400 InvalidArgumentException: Invalid ShardIterator.'],
  ])('%s', async (_what, name, input, message) => {
    expect(await (await withStream()).refused(name, input)).toContain(message)
  })

  it('an iterator ends after five minutes, and with its stream', async () => {
    const caller = await withStream()
    const { ShardIterator } = await caller.ok<Iterator>('GetShardIterator', { StreamName: 's', ShardId, ShardIteratorType: 'LATEST' })
    const forged = Buffer.from(ShardIterator, 'base64')
    forged[13] = 9
    expect(await caller.refused('GetRecords', { ShardIterator: forged.toString('base64') })).toContain('Invalid ShardIterator.')
    await caller.clock.advance(300_000)
    await caller.ok('GetRecords', { ShardIterator })
    await caller.clock.advance(1)
    expect(await caller.refused('GetRecords', { ShardIterator })).toContain(
      '400 ExpiredIteratorException: Iterator expired. The iterator was created at time 2023-11-14',
    )
    await caller.ok('DeleteStream', { StreamName: 's' })
    expect(await caller.refused('GetRecords', { ShardIterator })).toContain('ResourceNotFoundException')
    await caller.ok('CreateStream', { StreamName: 's', ShardCount: 1 })
    expect(await caller.refused('GetRecords', { ShardIterator })).toContain('Invalid ShardIterator.')
  })
})
