import { awsAccountId, StreamExistsError } from '@millrace/stream'
import { integer, string, structure } from '../../aws/shape.ts'
import { KinesisError } from '../kinesis-error.ts'
import { streamModeDetails, streamName, tagMap } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { type StreamDetails, withTags } from '../streams/stream-details.ts'

interface Input {
  readonly StreamName: string
  readonly ShardCount?: number
  readonly StreamModeDetails?: { readonly StreamMode: StreamDetails['mode'] }
  readonly Tags?: Readonly<Record<string, string>>
  readonly WarmThroughputMiBps?: number
  readonly MaxRecordSizeInKiB?: number
  readonly RecordDistributionStrategy?: StreamDetails['recordDistributionStrategy']
}

/** Shards of an on-demand stream, as AWS begins with. They do not become more by themselves. */
const onDemandShards = 4
/** Kinesis's default. */
const retentionHours = 24

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html */
export const createStream: KinesisOperation = operation<Input>({
  name: 'CreateStream',
  input: structure(
    {
      StreamName: streamName,
      ShardCount: integer(1),
      StreamModeDetails: streamModeDetails,
      Tags: tagMap,
      WarmThroughputMiBps: integer(0),
      MaxRecordSizeInKiB: integer(1024, 10_240),
      RecordDistributionStrategy: string({ enum: ['AUTO', 'USER_PARTITION_KEY'] }),
    },
    ['StreamName'],
  ),
  run: async (input, { services: { streams }, details }) => {
    const mode = input.StreamModeDetails?.StreamMode ?? 'PROVISIONED'
    const tags = withTags({}, input.Tags ?? {})
    const stream = await streams
      .create(input.StreamName, { shardCount: shardCountOf(input, mode), retentionHours })
      .catch((error: unknown) => {
        throw error instanceof StreamExistsError ? alreadyThere(input.StreamName) : error
      })
    const { WarmThroughputMiBps, MaxRecordSizeInKiB, RecordDistributionStrategy } = input
    await details.change(stream, (before) => ({
      ...before,
      mode,
      tags,
      ...(WarmThroughputMiBps === undefined ? {} : { warmThroughputMiBps: WarmThroughputMiBps }),
      ...(MaxRecordSizeInKiB === undefined ? {} : { maxRecordSizeInKiB: MaxRecordSizeInKiB }),
      ...(RecordDistributionStrategy === undefined ? {} : { recordDistributionStrategy: RecordDistributionStrategy }),
    }))
    return undefined
  },
})

function shardCountOf({ ShardCount }: Input, mode: StreamDetails['mode']): number {
  if (mode === 'ON_DEMAND') {
    if (ShardCount !== undefined)
      throw new KinesisError('InvalidArgumentException', 'ShardCount must not be given for a stream of mode ON_DEMAND.')
    return onDemandShards
  }
  if (ShardCount === undefined)
    throw new KinesisError('InvalidArgumentException', 'ShardCount must be given for a stream of mode PROVISIONED.')
  if (ShardCount > 10_000) {
    throw new KinesisError(
      'LimitExceededException',
      `This request would exceed the shard limit: a stream has at most 10000 shards, not ${ShardCount}.`,
    )
  }
  return ShardCount
}

function alreadyThere(name: string): KinesisError {
  return new KinesisError('ResourceInUseException', `Stream ${name} under account ${awsAccountId} already exists.`)
}
