import type { StreamDescription } from '@millrace/stream'
import { string, structure, timestamp } from '../../aws/shape.ts'
import { KinesisError } from '../kinesis-error.ts'
import { nextToken, onStream, page, shardId } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, streamNotFound, type StreamReference } from '../streams/find-stream.ts'
import { pageAfter, readPageToken, writePageToken } from '../streams/page-token.ts'
import { filterShards, type ShardFilter } from '../streams/shard-filter.ts'
import { shardOutput } from '../streams/shard-output.ts'
import { shardsOf } from '../streams/shards-of.ts'

interface Input extends StreamReference {
  readonly NextToken?: string
  readonly ExclusiveStartShardId?: string
  readonly MaxResults?: number
  /** Seconds since the epoch. */
  readonly StreamCreationTimestamp?: number
  readonly ShardFilter?: ShardFilter
}

interface Rest {
  readonly stream: string
  readonly incarnation: string
  readonly filter?: ShardFilter
}

const list = 'ListShards'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html */
export const listShards: KinesisOperation = operation<Input>({
  name: list,
  input: onStream({
    NextToken: nextToken,
    ExclusiveStartShardId: shardId,
    MaxResults: page,
    StreamCreationTimestamp: timestamp,
    ShardFilter: structure(
      {
        Type: string({ enum: ['AFTER_SHARD_ID', 'AT_TRIM_HORIZON', 'FROM_TRIM_HORIZON', 'AT_LATEST', 'AT_TIMESTAMP', 'FROM_TIMESTAMP'] }),
        ShardId: shardId,
        Timestamp: timestamp,
      },
      ['Type'],
    ),
  }),
  run: async (input, { services: { streams, clock } }) => {
    const now = clock.now()
    const { reference, after, filter, incarnation } = begin(input, now)
    const stream = await findDescription(reference, streams)
    checkCreation(stream, input.StreamCreationTimestamp)
    if (incarnation !== undefined && incarnation !== stream.incarnation) throw streamNotFound(stream.name)
    const all = await shardsOf(stream, streams)
    const { items, more } = pageAfter(filterShards(all, filter, stream, now), (shard) => shard.shardId, after, input.MaxResults ?? 1000)
    const last = items.at(-1)
    const rest: Rest = { stream: stream.name, incarnation: stream.incarnation, ...(filter === undefined ? {} : { filter }) }
    return {
      Shards: items.map(shardOutput),
      NextToken: more && last !== undefined ? writePageToken({ list, after: last.shardId, rest }, now) : undefined,
    }
  },
})

/** Of the first page, or of one that goes on: whose stream and filter are those of its token. */
function begin(
  input: Input,
  now: number,
): {
  readonly reference: StreamReference
  readonly after: string | undefined
  readonly filter: ShardFilter | undefined
  readonly incarnation?: string
} {
  const { NextToken, StreamName, StreamARN, ExclusiveStartShardId, StreamCreationTimestamp } = input
  if (NextToken === undefined) return { reference: input, after: ExclusiveStartShardId, filter: input.ShardFilter }
  if (StreamName !== undefined || StreamARN !== undefined || ExclusiveStartShardId !== undefined || StreamCreationTimestamp !== undefined) {
    throw new KinesisError(
      'InvalidArgumentException',
      'NextToken and any of StreamName, StreamARN, ExclusiveStartShardId, StreamCreationTimestamp cannot be provided together.',
    )
  }
  const { after, rest } = readPageToken(NextToken, list, now)
  const { stream = '', incarnation, filter } = (rest ?? {}) as Partial<Rest>
  return { reference: { StreamName: stream }, after, filter, ...(incarnation === undefined ? {} : { incarnation }) }
}

/** It tells a stream from its namesakes. */
function checkCreation(stream: StreamDescription, creation: number | undefined): void {
  if (creation === undefined || Math.floor(creation) === Math.floor(stream.createdTimestamp / 1000)) return
  throw streamNotFound(stream.name)
}
