import { type PutRefused, type RecordSource, shardIdOf, StorageError } from '@millrace/stream'
import type { KafkaClient } from '../client/kafka-client.ts'
import type { KafkaStreamsOptions } from '../kafka-streams-options.ts'
import { type RetryPolicy, retrying } from '../client/retry.ts'
import type { PutSlice } from '../put/put-slice.ts'
import type { RecordWriter } from '../put/record-writer.ts'
import { fetchFrom } from '../read/fetch-from.ts'
import { decodeBatch } from '../records/decode-batch.ts'
import type { WireRecord } from '../records/encode-batch.ts'
import type { KafkaRecord } from '../records/kafka-record.ts'
import { splitBatches, unpack } from '../records/raw-batch.ts'
import { ensureCompactedTopic } from './ensure-compacted-topic.ts'

export interface CompactedTopicOptions {
  readonly client: KafkaClient
  readonly writer: RecordWriter
  readonly retry: RetryPolicy
  readonly topic: string
  /** The option that names the topic, for messages. */
  readonly option: keyof KafkaStreamsOptions
  readonly replicationFactor: number | undefined
  /** Called for every entry, in the order of the log; an entry without a value removes its key. */
  readonly onEntry: (entry: CompactedEntry) => void
}

export interface CompactedEntry {
  readonly key: string
  /** A view. Undefined: the key is removed. */
  readonly value: Uint8Array | undefined
  readonly position: number
}

/** Entries of one write are in batches of about so many bytes. */
const sliceBytesMax = 1024 * 1024
const pieceBytes = 4 * 1024 * 1024

/**
 * A table in a topic of one partition, of which Kafka keeps the last entry of each key. Every process reads it from its start, and from then on what is new:
 * the order of its log is the same for all, which is what settles who was first.
 */
export class CompactedTopic {
  readonly #options: CompactedTopicOptions
  readonly #source: RecordSource
  #next = 0
  #ensured: Promise<void> | undefined
  #reading: Promise<void> | undefined
  #wanted: Promise<void> | undefined

  constructor(options: CompactedTopicOptions) {
    this.#options = options
    const shard = { shardId: shardIdOf(0), index: 0, createdTimestamp: 0 }
    this.#source = { streamName: options.topic, incarnation: '', shard }
  }

  /** Makes the topic unless it is there. Throws `KafkaConfigurationError` for one that is laid out otherwise. */
  ensure(): Promise<void> {
    this.#ensured ??= ensureCompactedTopic(this.#options).catch((error: unknown) => {
      this.#ensured = undefined
      throw error
    })
    return this.#ensured
  }

  /** Resolves when everything was read that was in the topic at the time of the call. */
  refresh(): Promise<void> {
    // What is under way may have asked for the end before this call; who comes while that runs shares the one behind it.
    if (this.#reading === undefined) return this.#begin()
    this.#wanted ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#wanted = undefined
        return this.#begin()
      })
    return this.#wanted
  }

  /** Resolves with the entries' positions when they are written. `value` null removes a key. Throws `StorageError`. */
  async write(entries: readonly { readonly key: string; readonly value: Uint8Array | null }[]): Promise<readonly number[]> {
    await this.ensure()
    const slices: EntrySlice[] = []
    for (const { key, value } of entries) {
      const bytes = key.length + (value?.length ?? 0)
      let slice = slices.at(-1)
      if (slice === undefined || slice.bytes + bytes > sliceBytesMax) {
        slice = new EntrySlice(this.#options.topic)
        slices.push(slice)
      }
      slice.records.push({ partitionKey: key, data: value })
      slice.bytes += bytes
    }
    this.#options.writer.put(slices)
    return (await Promise.all(slices.map((slice) => slice.positions))).flat()
  }

  /** Reads entries again, from the position on, about as many bytes as asked for. */
  async read(position: number, bytesMax: number): Promise<readonly KafkaRecord[]> {
    const { client, topic, retry } = this.#options
    return retrying(retry, async () => {
      const piece = await fetchFrom(client, { topic, partition: 0, position, bytesMax })
      const found: KafkaRecord[] = []
      for (const batch of splitBatches(piece.bytes, piece.aborted).batches) {
        found.push(...decodeBatch(this.#source, batch, await unpack(batch), position).records)
      }
      return found
    })
  }

  #begin(): Promise<void> {
    this.#reading = this.#readToEnd().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readToEnd(): Promise<void> {
    await this.ensure()
    const { client, topic, retry } = this.#options
    const { horizon, tip } = await retrying(retry, async () => (await client.bounds(topic, [0])).get(0) ?? { horizon: 0, tip: 0 })
    this.#next = Math.max(this.#next, horizon)
    while (this.#next < tip) await retrying(retry, () => this.#readPiece())
  }

  async #readPiece(): Promise<void> {
    const { client, topic, onEntry } = this.#options
    const piece = await fetchFrom(client, { topic, partition: 0, position: this.#next, bytesMax: pieceBytes })
    const { batches, endPosition } = splitBatches(piece.bytes, piece.aborted)
    for (const batch of batches) {
      for (const record of decodeBatch(this.#source, batch, await unpack(batch), this.#next).records) {
        onEntry({ key: record.key, value: record.isTombstone ? undefined : record.data, position: record.position })
        this.#next = record.position + 1
      }
    }
    this.#next = Math.max(this.#next, endPosition ?? piece.tip)
  }
}

class EntrySlice implements PutSlice {
  readonly topic: string
  readonly partition = 0
  readonly records: WireRecord[] = []
  bytes = 0
  readonly positions: Promise<number[]>
  readonly #resolve: (positions: number[]) => void
  readonly #reject: (error: Error) => void

  constructor(topic: string) {
    this.topic = topic
    const { promise, resolve, reject } = Promise.withResolvers<number[]>()
    this.positions = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  refused(): undefined {
    return undefined
  }

  accepted(firstPosition: number): void {
    this.#resolve(this.records.map((_, at) => firstPosition + at))
  }

  refuse({ message }: PutRefused): void {
    this.#reject(new StorageError(message))
  }
}
