import {
  type PutRecord,
  type PutRefused,
  recordId,
  type RecordSource,
  ShardRouter,
  StorageError,
  type StreamRecord,
} from '@millrace/stream'
import type { KafkaClient } from '../client/kafka-client.ts'
import { type RetryPolicy, retrying } from '../client/retry.ts'
import type { PutSlice } from '../put/put-slice.ts'
import type { RecordWriter } from '../put/record-writer.ts'
import { fetchFrom } from '../read/fetch-from.ts'
import { decodeBatch } from '../records/decode-batch.ts'
import { splitBatches, unpack } from '../records/raw-batch.ts'
import type { KafkaShard } from '../topics/stream-layout.ts'

export interface LateRecordsOptions {
  readonly client: KafkaClient
  readonly writer: RecordWriter
  readonly retry: RetryPolicy
  readonly topic: string
  readonly shards: readonly KafkaShard[]
  /** The closed one. */
  readonly shard: KafkaShard
  readonly source: RecordSource
}

const pieceBytes = 1024 * 1024

/** First position behind the end of a closed shard that was not forwarded yet. */
export function lateFrom({ endingPosition = 0, forwardedTo }: KafkaShard): number {
  return forwardedTo ?? endingPosition + 1
}

/**
 * Puts what stands behind the end of a closed shard into the open shards, in order, with the identity that it has where it stands: forwarded twice it is the same
 * record. Answers the position up to which there is nothing more. Throws `StorageError` and `KafkaError`; some may be forwarded then.
 */
export async function forwardLateRecords(options: LateRecordsOptions): Promise<number> {
  const { client, retry, topic, shard, shards, source } = options
  const { partition } = shard
  const router = new ShardRouter(shards)
  const { horizon, tip } = await retrying(
    retry,
    async () => (await client.bounds(topic, [partition])).get(partition) ?? { horizon: 0, tip: 0 },
  )
  let position = Math.max(horizon, lateFrom(shard))
  while (position < tip) {
    const piece = await retrying(retry, () => fetchFrom(client, { topic, partition, position, bytesMax: pieceBytes }))
    const { batches, endPosition } = splitBatches(piece.bytes, piece.aborted)
    for (const batch of batches) {
      const { records } = decodeBatch(source, batch, await unpack(batch), position)
      await put(options.writer, topic, records, source, (record) => route(router, shard, record.partitionKey))
    }
    position = Math.max(position, endPosition ?? tip)
  }
  return position
}

/** An explicit hash key is not kept with a record: what was put by one goes to the first of the shards that follow. */
function route(router: ShardRouter, parent: KafkaShard, partitionKey: string): KafkaShard {
  const found = router.route(partitionKey) as KafkaShard
  const follows = found.startingHashKey <= parent.endingHashKey && found.endingHashKey >= parent.startingHashKey
  return follows ? found : (router.route(partitionKey, parent.startingHashKey.toString()) as KafkaShard)
}

async function put(
  writer: RecordWriter,
  topic: string,
  records: readonly StreamRecord[],
  source: RecordSource,
  routeOf: (record: StreamRecord) => KafkaShard,
): Promise<void> {
  const slices = [...Map.groupBy(records, routeOf)].map(
    ([{ partition }, own]) =>
      new ForwardSlice(
        topic,
        partition,
        own.map((record) => copyOf(source, record)),
      ),
  )
  writer.put(slices)
  await Promise.all(slices.map((slice) => slice.written))
}

function copyOf(source: RecordSource, record: StreamRecord): PutRecord {
  const { partitionKey, data, producerSequence } = record
  const known = record.headers.producerId !== undefined && producerSequence !== undefined
  const headers = known ? record.headers : { ...record.headers, recordId: recordId(source, record) }
  return { partitionKey, data, headers, ...(producerSequence === undefined ? {} : { producerSequence }) }
}

class ForwardSlice implements PutSlice {
  readonly topic: string
  readonly partition: number
  readonly records: readonly PutRecord[]
  readonly bytes: number
  readonly written: Promise<void>
  readonly #resolve: () => void
  readonly #reject: (error: Error) => void

  constructor(topic: string, partition: number, records: readonly PutRecord[]) {
    this.topic = topic
    this.partition = partition
    this.records = records
    this.bytes = records.reduce((sum, { data }) => sum + data.byteLength, 0)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.written = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  refused(): undefined {
    return undefined
  }

  accepted(): void {
    this.#resolve()
  }

  refuse({ message }: PutRefused): void {
    this.#reject(new StorageError(message))
  }
}
