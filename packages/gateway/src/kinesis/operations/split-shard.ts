import { awsAccountId, parseHashKey } from '@millrace/stream'
import { KinesisError } from '../kinesis-error.ts'
import { hashKey, onStream, shardId } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findShard } from '../records/starting-position.ts'
import { findStream, type StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly ShardToSplit: string
  readonly NewStartingHashKey: string
}

/** Answered when the children are open. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html */
export const splitShard: KinesisOperation = operation<Input>({
  name: 'SplitShard',
  input: onStream({ ShardToSplit: shardId, NewStartingHashKey: hashKey }, ['ShardToSplit', 'NewStartingHashKey']),
  run: async (input, { services: { streams } }) => {
    const { ShardToSplit, NewStartingHashKey } = input
    const stream = await findStream(input, streams)
    const shard = await findShard(stream, ShardToSplit)
    const key = parseHashKey(NewStartingHashKey)
    if (key === undefined || key <= shard.startingHashKey + 1n || key >= shard.endingHashKey) {
      throw new KinesisError(
        'InvalidArgumentException',
        `NewStartingHashKey ${NewStartingHashKey} used in SplitShard() on shard ${ShardToSplit} in stream ${stream.name} under account ${awsAccountId} is not both greater than one plus the shard's StartingHashKey ${shard.startingHashKey} and less than the shard's EndingHashKey ${shard.endingHashKey}.`,
      )
    }
    await streams.split(stream.name, ShardToSplit, key)
    return undefined
  },
})
