import { type WireRequest, wireRequestOf } from '../client/kafkajs-internals.ts'
import type { AbortedTransaction } from '../records/raw-batch.ts'
import { AnswerReader } from './answer-reader.ts'

export interface FetchPartition {
  readonly topic: string
  readonly partition: number
  readonly position: number
  readonly bytesMax: number
}

/** What a broker answered about one partition. */
export interface FetchedPartition {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  /** Position behind the last record that is committed and, of transactions, decided. */
  readonly tip: number
  /** First position that retention has left. */
  readonly horizon: number
  readonly aborted: readonly AbortedTransaction[]
  /** Batches as they are in the log; a view of the whole answer. */
  readonly bytes: Buffer
}

export interface FetchOptions {
  readonly partitions: readonly FetchPartition[]
  /** Of the answer; a first batch that is larger comes nevertheless. */
  readonly bytesMax: number
  /** How long the broker may hold the request while there is nothing. */
  readonly waitMsMax: number
}

interface FetchAnswer {
  readonly errorCode: number
  readonly partitions: readonly FetchedPartition[]
}

/** A fetch of committed records whose answer keeps the batches as bytes: who reads them decides when, and on which thread, they are taken apart. */
export function fetchRequest({ partitions, bytesMax, waitMsMax }: FetchOptions): WireRequest {
  const topics = new Map<string, object[]>()
  for (const { topic, partition, position, bytesMax } of partitions) {
    const entries = topics.get(topic) ?? []
    entries.push({ partition, fetchOffset: position, maxBytes: bytesMax })
    topics.set(topic, entries)
  }
  const made = wireRequestOf('Fetch', 11, {
    maxWaitTime: waitMsMax,
    minBytes: 1,
    maxBytes: bytesMax,
    topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    rackId: '',
  })
  return { ...made, response: { decode: async (payload) => decodeFetch(payload), parse: async (answer) => answer } }
}

function decodeFetch(payload: Buffer): FetchAnswer & { readonly clientSideThrottleTime: number } {
  const reader = new AnswerReader(payload)
  const clientSideThrottleTime = reader.int32()
  const errorCode = reader.int16()
  reader.int32()
  const partitions: FetchedPartition[] = []
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.string()
    for (let left = reader.int32(); left > 0; left--) partitions.push(readPartition(topic, reader))
  }
  return { clientSideThrottleTime, errorCode, partitions }
}

function readPartition(topic: string, reader: AnswerReader): FetchedPartition {
  const partition = reader.int32()
  const errorCode = reader.int16()
  const highWatermark = reader.int64()
  const lastStable = reader.int64()
  const horizon = reader.int64()
  const aborted: AbortedTransaction[] = []
  for (let left = reader.int32(); left > 0; left--) aborted.push({ producerId: reader.int64(), firstPosition: reader.int64() })
  // The preferred replica of a rack: none is asked for.
  reader.int32()
  return { topic, partition, errorCode, tip: lastStable < 0 ? highWatermark : lastStable, horizon, aborted, bytes: reader.bytes() }
}
