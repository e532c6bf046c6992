import type { PutRecord, RecordHeaders } from '@millrace/stream'
import { PipeBatch } from './pipe-batch.ts'

export interface BatcherOptions {
  readonly batchRecordsMax: number
  /** Of the records' data; a single larger record still goes, alone. */
  readonly batchBytesMax: number
  /** How long the first record of a batch waits for more. */
  readonly batchDelayMs: number
  /** Gives the partition key of a batch's records, where their run has none. */
  readonly drawPartitionKey: () => string
}

/** Records of one source, in order. */
export interface RecordRun {
  readonly data: readonly Uint8Array[]
  readonly headers: RecordHeaders
  readonly partitionKey: string | undefined
  /** Producer sequence of the first; the others follow. */
  readonly firstSequence: number
}

/** Makes batches by size and by time. A policy without timers: whoever drives it calls `flush` when `untilNextMs` is over. */
export class Batcher {
  readonly #options: BatcherOptions
  #records: PutRecord[] = []
  #bytes = 0
  #key = ''
  #startedAt = 0

  constructor(options: BatcherOptions) {
    this.#options = options
  }

  /** Takes records read at `now`, milliseconds, and answers the batches that are full. */
  add(run: RecordRun, now: number): PipeBatch[] {
    const { batchRecordsMax, batchBytesMax, drawPartitionKey } = this.#options
    const { data, headers, firstSequence } = run
    const full: PipeBatch[] = []
    for (let index = 0; index < data.length; index++) {
      const bytes = data[index] as Uint8Array
      if (this.#records.length >= batchRecordsMax || (this.#bytes + bytes.byteLength > batchBytesMax && this.#records.length > 0)) {
        full.push(this.#take())
      }
      if (this.#records.length === 0) {
        this.#key = drawPartitionKey()
        this.#startedAt = now
      }
      this.#records.push({ data: bytes, partitionKey: run.partitionKey ?? this.#key, headers, producerSequence: firstSequence + index })
      this.#bytes += bytes.byteLength
    }
    if (this.#records.length >= batchRecordsMax) full.push(this.#take())
    return full
  }

  /** Milliseconds from `now` until `flush` has something to answer; undefined while there is nothing. */
  untilNextMs(now: number): number | undefined {
    return this.#records.length === 0 ? undefined : Math.max(0, this.#startedAt + this.#options.batchDelayMs - now)
  }

  /** The batch that has waited long enough by `now`. Without a time: whatever there is. */
  flush(now: number = Number.POSITIVE_INFINITY): PipeBatch | undefined {
    return this.untilNextMs(now) === 0 ? this.#take() : undefined
  }

  #take(): PipeBatch {
    const batch = PipeBatch.of(this.#records)
    this.#records = []
    this.#bytes = 0
    return batch
  }
}
