import { formatSequenceNumber, keyOfPosition, type RecordHeaders, type StreamRecord } from '@millrace/stream'
import type { BatchBytes } from './batch-bytes.ts'

/** A record over the bytes of its batch. Nothing is copied, and nothing parsed before it is asked for. */
export class KafkaRecord implements StreamRecord {
  readonly position: number
  readonly approximateArrivalTimestamp: number
  /** Bytes of `data`, without making its view. */
  readonly dataBytes: number
  readonly #batch: BatchBytes
  readonly #keyAt: number
  /** Below 0 for a record without a key. */
  readonly #keyBytes: number
  readonly #dataAt: number
  readonly #headersAt: number
  #data: Uint8Array | undefined

  /** `keyAt`, `dataAt` and `headersAt` are places in the bytes of the batch; the headers begin with their number. `dataAt` is 0 for a tombstone. */
  constructor(
    batch: BatchBytes,
    position: number,
    arrivalTimestamp: number,
    keyAt: number,
    keyBytes: number,
    dataAt: number,
    dataBytes: number,
    headersAt: number,
  ) {
    this.#batch = batch
    this.position = position
    this.approximateArrivalTimestamp = arrivalTimestamp
    this.#keyAt = keyAt
    this.#keyBytes = keyBytes
    this.#dataAt = dataAt
    this.dataBytes = dataBytes
    this.#headersAt = headersAt
  }

  get partitionKey(): string {
    return this.#keyBytes > 0 ? this.#batch.key(this.#keyAt, this.#keyBytes) : keyOfPosition(this.#batch.source.shard.index, this.position)
  }

  get isKeyless(): boolean {
    return this.#keyBytes <= 0
  }

  get data(): Uint8Array {
    this.#data ??= this.#batch.view(this.#dataAt, this.dataBytes)
    return this.#data
  }

  copyData(target: Uint8Array, at: number): void {
    this.#batch.copy(this.#dataAt, this.dataBytes, target, at)
  }

  /** Whether the record has no value at all, which in a compacted topic removes its key. */
  get isTombstone(): boolean {
    return this.#dataAt === 0
  }

  /** The key as it is, of any length. */
  get key(): string {
    return new TextDecoder().decode(this.#batch.view(this.#keyAt, Math.max(0, this.#keyBytes)))
  }

  /** The bytes that it stands in. */
  get batch(): BatchBytes {
    return this.#batch
  }

  get sequenceNumber(): string {
    return formatSequenceNumber(this.#batch.source.shard, this.position, this.approximateArrivalTimestamp)
  }

  get headers(): RecordHeaders {
    if (this.#batch.source.kafka !== undefined) {
      return this.#batch.foreignHeaders({
        keyAt: this.#keyAt,
        keyBytes: this.#keyBytes,
        isTombstone: this.isTombstone,
        headersAt: this.#headersAt,
      })
    }
    return this.#batch.headers(this.#headersAt)
  }

  get producerSequence(): number | undefined {
    if (this.#batch.source.kafka !== undefined) return undefined
    return this.#batch.producerSequence(this.#headersAt)
  }
}

/** None of the records is read any more. Batches of which this was the last give their memory back. */
export function releaseRecords(records: readonly KafkaRecord[]): void {
  for (let from = 0; from < records.length; ) {
    const { batch } = records[from] as KafkaRecord
    let to = from + 1
    while (to < records.length && records[to]?.batch === batch) to++
    batch.released(to - from)
    from = to
  }
}
