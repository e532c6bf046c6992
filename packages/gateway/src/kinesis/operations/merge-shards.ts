import { onStream, shardId } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findShard } from '../records/starting-position.ts'
import { findStream, type StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly ShardToMerge: string
  readonly AdjacentShardToMerge: string
}

/** Answered when the merged shard is open. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html */
export const mergeShards: KinesisOperation = operation<Input>({
  name: 'MergeShards',
  input: onStream({ ShardToMerge: shardId, AdjacentShardToMerge: shardId }, ['ShardToMerge', 'AdjacentShardToMerge']),
  run: async (input, { services: { streams } }) => {
    const stream = await findStream(input, streams)
    for (const id of [input.ShardToMerge, input.AdjacentShardToMerge]) await findShard(stream, id)
    await streams.merge(stream.name, input.ShardToMerge, input.AdjacentShardToMerge)
    return undefined
  },
})
