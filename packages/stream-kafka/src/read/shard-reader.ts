import {
  type Clock,
  InvalidPositionError,
  type ReadLimit,
  type ReadResult,
  type RecordSource,
  type ShardPosition,
  type StreamRecord,
  sequencePosition,
} from '@millrace/stream'
import type { KafkaClient } from '../client/kafka-client.ts'
import { KafkaError } from '../client/kafka-error.ts'
import { type RetryPolicy, retrying } from '../client/retry.ts'
import { type DecodedBatch, decodeBatch, type Marker } from '../records/decode-batch.ts'
import type { KafkaRecord } from '../records/kafka-record.ts'
import { splitBatches, unpack } from '../records/raw-batch.ts'
import type { KafkaShard } from '../topics/stream-layout.ts'
import type { FetchedPartition } from '../wire/fetch.ts'
import { fetchFrom } from './fetch-from.ts'

export interface ShardReaderOptions {
  readonly client: KafkaClient
  readonly clock: Clock
  readonly retry: RetryPolicy
  readonly topic: string
  /** As the shard map has it now. */
  readonly shard: () => KafkaShard
  /** Whether a marker holds up those who read, for all that is known; has the shard map read if so. */
  readonly judge: (marker: Marker) => 'pass' | 'hold'
  readonly source: RecordSource
}

/** A place in the log, and what of it was read on the way to finding it. */
interface Found {
  readonly position: number
  readonly piece: FetchedPartition
}

/** Of one request to Kafka. */
const pieceBytesMin = 64 * 1024
const pieceBytesMax = 4 * 1024 * 1024

/** Reads one shard at any position. */
export class ShardReader {
  readonly #options: ShardReaderOptions

  constructor(options: ShardReaderOptions) {
    this.#options = options
  }

  /** Throws `InvalidPositionError`, `KafkaError`. */
  async read(from: ShardPosition, limit: ReadLimit, signal?: AbortSignal): Promise<ReadResult> {
    const { retry } = this.#options
    let { position, piece } = await retrying(retry, () => this.#begin(from, limit), signal)
    const taken = new Taken(limit)
    for (;;) {
      signal?.throwIfAborted()
      const end = await this.#take(piece, position, taken)
      position = end
      if (taken.full || taken.heldUp || position >= this.#tip(piece.tip)) break
      piece = await retrying(retry, () => this.#fetch(position, limit), signal)
    }
    return this.#result(taken.records, position, taken.heldUp ? position : this.#tip(piece.tip))
  }

  /** What stands behind the end of a closed shard is not its own. */
  #tip(tip: number): number {
    return Math.min(tip, this.#options.shard().endingPosition ?? tip)
  }

  /** Position of the first record to read. */
  async #begin(from: ShardPosition, limit: ReadLimit): Promise<Found> {
    const shard = this.#options.shard()
    const last = shard.endingPosition ?? Number.POSITIVE_INFINITY
    switch (from.type) {
      case 'TRIM_HORIZON':
        return this.#from((await this.#bounds()).horizon, limit)
      case 'LATEST':
        return this.#from((await this.#bounds()).tip, limit)
      case 'AT_TIMESTAMP':
        return this.#from(await this.#positionAt(from.timestamp), limit)
      case 'AT_POSITION':
        return this.#within(from.position, 0, `position ${from.position}`, limit)
      case 'AT_SEQUENCE_NUMBER':
        return this.#within(sequencePosition(shard, from.sequenceNumber), 1, `sequence number ${from.sequenceNumber}`, limit)
      default:
        return this.#within(
          Math.min(last, sequencePosition(shard, from.sequenceNumber) + 1),
          0,
          `sequence number ${from.sequenceNumber}`,
          limit,
        )
    }
  }

  async #from(position: number, limit: ReadLimit): Promise<Found> {
    return { position, piece: await this.#fetch(position, limit) }
  }

  /**
   * The position must leave at least so many behind it up to the tip. Besides the records' own, the first and the last sequence number that a shard is described
   * with can be begun at.
   */
  async #within(position: number, before: number, what: string, limit: ReadLimit): Promise<Found> {
    if (!Number.isSafeInteger(position) || position < 0) throw new InvalidPositionError(`The ${what} is not a whole number of 0 or more.`)
    const { shardId, endingPosition } = this.#options.shard()
    const isPast = (tip: number): boolean =>
      endingPosition === undefined ? position + before > Math.max(before, tip) : position > endingPosition
    const past = (tip: number): InvalidPositionError =>
      new InvalidPositionError(`The ${what} lies past the end of ${shardId}, whose next record gets position ${tip}.`)
    try {
      const piece = await this.#fetch(position, limit)
      if (isPast(piece.tip)) throw past(piece.tip)
      return { position, piece }
    } catch (error) {
      if (!isOutOfRange(error)) throw error
      const { horizon, tip } = await this.#bounds()
      if (isPast(tip)) throw past(tip)
      return this.#from(Math.max(position, horizon), limit)
    }
  }

  async #positionAt(timestamp: number): Promise<number> {
    if (!Number.isFinite(timestamp)) throw new InvalidPositionError(`${timestamp} is not a time in milliseconds since the epoch.`)
    const { client, topic } = this.#options
    const shard = this.#options.shard()
    const found = (await client.positionsAt(topic, [shard.partition], timestamp)).get(shard.partition)
    return this.#tip(found ?? (await this.#bounds()).tip)
  }

  async #bounds(): Promise<{ readonly horizon: number; readonly tip: number }> {
    const { client, topic } = this.#options
    const { partition } = this.#options.shard()
    const { horizon, tip } = (await client.bounds(topic, [partition])).get(partition) ?? { horizon: 0, tip: 0 }
    return { horizon: this.#tip(horizon), tip: this.#tip(tip) }
  }

  #fetch(position: number, limit: ReadLimit): Promise<FetchedPartition> {
    const { client, topic } = this.#options
    const bytesMax = Math.min(pieceBytesMax, Math.max(pieceBytesMin, limit.bytesMax))
    return fetchFrom(client, { topic, partition: this.#options.shard().partition, position, bytesMax })
  }

  /** Takes what the limit lets in of a piece; answers the position to go on from. */
  async #take(piece: FetchedPartition, from: number, taken: Taken): Promise<number> {
    const { batches, endPosition } = splitBatches(piece.bytes, piece.aborted)
    for (const batch of batches) {
      if (batch.endPosition <= from) continue
      const { endingPosition = Number.POSITIVE_INFINITY } = this.#options.shard()
      if (batch.basePosition >= endingPosition) return endingPosition
      const decoded = decodeBatch(this.#options.source, batch, await unpack(batch), from)
      if (decoded.marker !== undefined && endingPosition === Number.POSITIVE_INFINITY && this.#options.judge(decoded.marker) === 'hold') {
        taken.heldUp = true
        return decoded.marker.position
      }
      const next = taken.add(decoded)
      if (next !== undefined) return next
    }
    // Nothing but the marks of transactions may stand up to here.
    return Math.max(from, endPosition ?? (piece.bytes.length === 0 ? piece.tip : from))
  }

  #result(records: readonly StreamRecord[], nextPosition: number, tip: number): ReadResult {
    const { clock } = this.#options
    const { endingPosition } = this.#options.shard()
    const last = records.at(-1)?.approximateArrivalTimestamp ?? 0
    return {
      records,
      nextPosition,
      // Behind by less than the clock can tell is behind nevertheless: 0 is what readers take for the tip.
      millisBehindLatest: nextPosition >= tip ? 0 : Math.max(1, clock.now() - last),
      endOfShard: endingPosition !== undefined && nextPosition >= endingPosition,
    }
  }
}

/** Records up to a limit. */
class Taken {
  readonly records: StreamRecord[] = []
  readonly #limit: ReadLimit
  #bytes = 0
  full = false
  /** It ended at a marker of which nobody knows yet whether it is the shard's end. */
  heldUp = false

  constructor(limit: ReadLimit) {
    this.#limit = limit
  }

  /** Adds what fits. The position of the first record that does not; undefined where all fit. */
  add({ records }: DecodedBatch): number | undefined {
    for (const record of records) {
      if (!this.#fits(record)) {
        this.full = true
        return record.position
      }
      this.#bytes += record.dataBytes
      this.records.push(record)
    }
    if (this.records.length < this.#limit.recordsMax && this.#bytes < this.#limit.bytesMax) return undefined
    this.full = this.records.length > 0
    return this.full ? (this.records.at(-1) as StreamRecord).position + 1 : undefined
  }

  #fits(record: KafkaRecord): boolean {
    if (this.records.length === 0) return true
    return this.records.length < this.#limit.recordsMax && this.#bytes + record.dataBytes <= this.#limit.bytesMax
  }
}

/** Whether a position is not in the log: retention took it, or it is past the end. */
export function isOutOfRange(error: unknown): boolean {
  return error instanceof KafkaError && error.type === 'OFFSET_OUT_OF_RANGE'
}
