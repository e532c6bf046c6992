import { structure, timestamp } from '../../aws/shape.ts'
import { EventStream } from '../event-stream/event-stream.ts'
import { readSubscription } from '../event-stream/read-subscription.ts'
import { consumerArnShape, dryRun, iteratorType, sequenceNumber, shardId, streamIdShape } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { checkDryRun } from '../records/dry-run.ts'
import { findShard, resolveStart, type StartingPosition } from '../records/starting-position.ts'
import { findConsumer } from '../streams/find-consumer.ts'
import { findStream } from '../streams/find-stream.ts'

interface Input {
  readonly ConsumerARN: string
  readonly ShardId: string
  readonly StartingPosition: {
    readonly Type: StartingPosition['type']
    readonly SequenceNumber?: string
    /** Seconds since the epoch. */
    readonly Timestamp?: number
  }
  readonly DryRun?: boolean
}

const pollMs = 200

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html */
export const subscribeToShard: KinesisOperation = operation<Input>({
  name: 'SubscribeToShard',
  input: structure(
    {
      ConsumerARN: consumerArnShape,
      StreamId: streamIdShape,
      ShardId: shardId,
      StartingPosition: structure({ Type: iteratorType, SequenceNumber: sequenceNumber, Timestamp: timestamp }, ['Type']),
      DryRun: dryRun,
    },
    ['ConsumerARN', 'ShardId', 'StartingPosition'],
  ),
  run: async (input, context) => {
    const { services, subscriptions, closing } = context
    const { streams, clock } = services
    const { stream: description } = await findConsumer({ ConsumerARN: input.ConsumerARN }, context)
    const stream = await findStream({ StreamName: description.name }, streams)
    const shard = await findShard(stream, input.ShardId)
    const { Type, SequenceNumber, Timestamp } = input.StartingPosition
    const start = { type: Type, sequenceNumber: SequenceNumber, timestamp: Timestamp }
    const position = await resolveStart(stream, shard, start, clock.now())
    checkDryRun(input)
    const { ended, release } = subscriptions.begin(input.ConsumerARN, shard.shardId, clock.now())
    const signal = AbortSignal.any([ended, closing])
    return new EventStream(readSubscription({ stream, shard, position, clock, pollMs, signal, release }))
  },
})
