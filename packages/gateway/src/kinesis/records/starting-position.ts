import { awsAccountId, InvalidPositionError, ShardNotFoundError, sequencePosition } from '@millrace/stream'
import type { Shard, ShardPosition, Stream } from '@millrace/stream'
import { KinesisError } from '../kinesis-error.ts'

/** Where a reader begins: of GetShardIterator, and of SubscribeToShard. */
export interface StartingPosition {
  readonly type: ShardPosition['type']
  readonly sequenceNumber?: string | undefined
  /** Seconds since the epoch. */
  readonly timestamp?: number | undefined
}

/** The shard of a stream. Throws `ResourceNotFoundException`. */
export async function findShard(stream: Stream, shardId: string): Promise<Shard> {
  const shard = (await stream.shards()).find((each) => each.shardId === shardId)
  if (shard === undefined) throw shardNotFound(stream.name, shardId)
  return shard
}

export function shardNotFound(streamName: string, shardId: string): KinesisError {
  return new KinesisError(
    'ResourceNotFoundException',
    `Shard ${shardId} in stream ${streamName} under account ${awsAccountId} does not exist`,
  )
}

/** The position that a reader begins at, fixed at this moment. Throws `InvalidArgumentException`, `ResourceNotFoundException`. */
export async function resolveStart(stream: Stream, shard: Shard, start: StartingPosition, now: number): Promise<number> {
  checkStart(start, now)
  const { type, sequenceNumber = '', timestamp = 0 } = start
  if (type === 'TRIM_HORIZON') return 0
  if (type === 'LATEST') return look(stream, shard, { type })
  if (type === 'AT_TIMESTAMP') return look(stream, shard, { type, timestamp: timestamp * 1000 })
  // The number 0 stands before all others.
  if (sequenceNumber === '0') return 0
  const position = positionOf(stream, shard, sequenceNumber)
  return type === 'AT_SEQUENCE_NUMBER' ? position : position + 1
}

function checkStart({ type, sequenceNumber, timestamp }: StartingPosition, now: number): void {
  const bySequence = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER'
  if (bySequence && sequenceNumber === undefined) {
    throw invalid(
      `Must specify startingSequenceNumber parameter for iterator of type ${type}. Current request has no startingSequenceNumber parameter.`,
    )
  }
  if (!bySequence && sequenceNumber !== undefined) {
    throw invalid(`Request has startingSequenceNumber parameter for iterator of type ${type}, which has none.`)
  }
  if (type !== 'AT_TIMESTAMP') {
    if (timestamp !== undefined) throw invalid(`Request has timestamp parameter for iterator of type ${type}, which has none.`)
    return
  }
  if (timestamp === undefined) {
    throw invalid(`Must specify timestampInMillis parameter for iterator of type ${type}. Current request has no timestamp parameter.`)
  }
  const milliseconds = Math.round(timestamp * 1000)
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) throw invalid(`The timestamp ${timestamp} is no time since the epoch.`)
  if (milliseconds > now) {
    throw invalid(
      `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${milliseconds}, currentTimestampInMillis: ${now}`,
    )
  }
}

function positionOf(stream: Stream, shard: Shard, sequenceNumber: string): number {
  try {
    return sequencePosition(shard, sequenceNumber)
  } catch (error) {
    if (!(error instanceof InvalidPositionError)) throw error
    throw invalid(
      `StartingSequenceNumber ${sequenceNumber} used in GetShardIterator on shard ${shard.shardId} in stream ${stream.name} under account ${awsAccountId} is invalid because it did not come from this stream.`,
    )
  }
}

async function look(stream: Stream, shard: Shard, from: ShardPosition): Promise<number> {
  try {
    const { records, nextPosition } = await stream.read(shard.shardId, from, { recordsMax: 1, bytesMax: 1 })
    return records[0]?.position ?? nextPosition
  } catch (error) {
    throw error instanceof ShardNotFoundError ? shardNotFound(stream.name, shard.shardId) : error
  }
}

function invalid(message: string): KinesisError {
  return new KinesisError('InvalidArgumentException', message)
}
