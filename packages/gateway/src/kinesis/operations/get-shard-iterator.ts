import { timestamp } from '../../aws/shape.ts'
import { dryRun, iteratorType, onStream, sequenceNumber, shardId } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { checkDryRun } from '../records/dry-run.ts'
import { writeShardIterator } from '../records/shard-iterator.ts'
import { findShard, resolveStart, type StartingPosition } from '../records/starting-position.ts'
import { findStream, type StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly ShardId: string
  readonly ShardIteratorType: StartingPosition['type']
  readonly StartingSequenceNumber?: string
  /** Seconds since the epoch. */
  readonly Timestamp?: number
  readonly DryRun?: boolean
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html */
export const getShardIterator: KinesisOperation = operation<Input>({
  name: 'GetShardIterator',
  input: onStream(
    { ShardId: shardId, ShardIteratorType: iteratorType, StartingSequenceNumber: sequenceNumber, Timestamp: timestamp, DryRun: dryRun },
    ['ShardId', 'ShardIteratorType'],
  ),
  run: async (input, { services: { streams, clock } }) => {
    const stream = await findStream(input, streams)
    const shard = await findShard(stream, input.ShardId)
    const start = { type: input.ShardIteratorType, sequenceNumber: input.StartingSequenceNumber, timestamp: input.Timestamp }
    const position = await resolveStart(stream, shard, start, clock.now())
    checkDryRun(input)
    const place = { streamName: stream.name, shardIndex: shard.index, position, issuedAt: clock.now() }
    return { ShardIterator: writeShardIterator(place, stream.incarnation) }
  },
})
