import { ShardNotFoundError, shardIdOf } from '@millrace/stream'
import type { ReadResult, Stream } from '@millrace/stream'
import { integer, string, structure } from '../../aws/shape.ts'
import { KinesisError } from '../kinesis-error.ts'
import { dryRun, streamArnShape, streamIdShape } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { checkDryRun } from '../records/dry-run.ts'
import { recordsOutput } from '../records/record-output.ts'
import { readShardIterator, type ShardIterator, writeShardIterator } from '../records/shard-iterator.ts'
import { shardNotFound } from '../records/starting-position.ts'
import { findStream, streamNameOfArn } from '../streams/find-stream.ts'
import { childShards } from '../streams/shard-output.ts'

interface Input {
  readonly ShardIterator: string
  readonly Limit?: number
  readonly StreamARN?: string
  readonly DryRun?: boolean
}

const bytesMax = 10 * 1024 * 1024

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
export const getRecords: KinesisOperation = operation<Input>({
  name: 'GetRecords',
  input: structure(
    {
      ShardIterator: string({ min: 1, max: 512 }),
      Limit: integer(1, 10_000),
      StreamARN: streamArnShape,
      StreamId: streamIdShape,
      DryRun: dryRun,
    },
    ['ShardIterator'],
  ),
  run: async (input, { services: { streams, clock } }) => {
    const iterator = readShardIterator(input.ShardIterator)
    if (input.StreamARN !== undefined && streamNameOfArn(input.StreamARN) !== iterator.streamName) {
      throw new KinesisError('InvalidArgumentException', `The ShardIterator is not one of ${input.StreamARN}.`)
    }
    const stream = await findStream({ StreamName: iterator.streamName }, streams)
    iterator.verify(stream.incarnation, clock.now())
    checkDryRun(input)
    const shardId = shardIdOf(iterator.shardIndex)
    const result = await read(stream, shardId, iterator, input.Limit ?? 10_000)
    const next = { ...placeOf(iterator), position: result.nextPosition, issuedAt: clock.now() }
    return {
      Records: recordsOutput(result.records),
      NextShardIterator: result.endOfShard ? undefined : writeShardIterator(next, stream.incarnation),
      MillisBehindLatest: Math.max(0, Math.round(result.millisBehindLatest)),
      ChildShards: result.endOfShard ? childShards(shardId, await stream.shards()) : undefined,
    }
  },
})

function placeOf({ streamName, shardIndex, position, issuedAt }: ShardIterator): ShardIterator {
  return { streamName, shardIndex, position, issuedAt }
}

async function read(stream: Stream, shardId: string, { position }: ShardIterator, recordsMax: number): Promise<ReadResult> {
  try {
    return await stream.read(shardId, { type: 'AT_POSITION', position }, { recordsMax, bytesMax })
  } catch (error) {
    throw error instanceof ShardNotFoundError ? shardNotFound(stream.name, shardId) : error
  }
}
