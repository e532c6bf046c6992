import { streamArn } from '@millrace/stream'
import { onStream, page, shardId } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'
import { pageAfter } from '../streams/page-token.ts'
import { shardOutput } from '../streams/shard-output.ts'
import { shardsOf } from '../streams/shards-of.ts'
import { commonDescription } from '../streams/stream-output.ts'

interface Input extends StreamReference {
  readonly Limit?: number
  readonly ExclusiveStartShardId?: string
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStream.html */
export const describeStream: KinesisOperation = operation<Input>({
  name: 'DescribeStream',
  input: onStream({ Limit: page, ExclusiveStartShardId: shardId }),
  run: async (input, { services: { streams }, details }) => {
    const stream = await findDescription(input, streams)
    const shards = await shardsOf(stream, streams)
    // More than 100 are never answered at once.
    const { items, more } = pageAfter(shards, ({ shardId }) => shardId, input.ExclusiveStartShardId, Math.min(input.Limit ?? 100, 100))
    return {
      StreamDescription: {
        StreamName: stream.name,
        StreamARN: streamArn(stream.name),
        ...commonDescription(stream, await details.get(stream)),
        Shards: items.map(shardOutput),
        HasMoreShards: more,
      },
    }
  },
})
