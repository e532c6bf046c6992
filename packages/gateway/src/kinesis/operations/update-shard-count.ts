import { streamArn } from '@millrace/stream'
import { integer, string } from '../../aws/shape.ts'
import { KinesisError } from '../kinesis-error.ts'
import { onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly TargetShardCount: number
}

/** Answered when the shards are there; as often a day as anybody likes. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html */
export const updateShardCount: KinesisOperation = operation<Input>({
  name: 'UpdateShardCount',
  input: onStream({ TargetShardCount: integer(1), ScalingType: string({ enum: ['UNIFORM_SCALING'] }) }, [
    'TargetShardCount',
    'ScalingType',
  ]),
  run: async (input, { services: { streams } }) => {
    const { TargetShardCount } = input
    const { name, shardCount } = await findDescription(input, streams)
    if (TargetShardCount > 10_000) {
      throw new KinesisError('LimitExceededException', `A stream has at most 10000 shards; TargetShardCount is ${TargetShardCount}.`)
    }
    if (TargetShardCount > shardCount * 2 || TargetShardCount < Math.ceil(shardCount / 2)) {
      throw new KinesisError(
        'InvalidArgumentException',
        `UpdateShardCount cannot scale to more than double or less than half of the current open shard count: that is ${shardCount}, TargetShardCount is ${TargetShardCount}.`,
      )
    }
    await streams.scale(name, TargetShardCount)
    return { StreamName: name, CurrentShardCount: shardCount, TargetShardCount, StreamARN: streamArn(name) }
  },
})
