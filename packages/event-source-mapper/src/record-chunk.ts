import type { StreamRecord } from '@millrace/stream'

/**
 * Records as they were polled together, and which of them are settled. Settling in order costs two numbers; only records that are settled
 * ahead of others (lanes, partial failures) need a byte each.
 */
export class RecordChunk {
  readonly records: readonly StreamRecord[]
  /** What each record adds to a payload, in bytes. */
  readonly sizes: Uint32Array
  /** Bytes of all records' data. */
  readonly dataBytes: number
  /** Milliseconds since the epoch. */
  readonly polledAt: number
  readonly #release: ((records: readonly StreamRecord[]) => void) | undefined
  #isKept = false
  /** Number of records at the start that are settled. */
  #prefix = 0
  #unsettled: number
  #ahead: Uint8Array | undefined

  /** `release` hears when the last record is settled: nobody reads them any more. */
  constructor(
    records: readonly StreamRecord[],
    sizes: Uint32Array,
    dataBytes: number,
    polledAt: number,
    release?: (records: readonly StreamRecord[]) => void,
  ) {
    this.#release = release
    this.records = records
    this.sizes = sizes
    this.dataBytes = dataBytes
    this.polledAt = polledAt
    this.#unsettled = records.length
  }

  get prefix(): number {
    return this.#prefix
  }

  get unsettled(): number {
    return this.#unsettled
  }

  /** Some of the records may still be read once they are settled. */
  keep(): void {
    this.#isKept = true
  }

  /** Marks records `from` to `to` (exclusive), none of which may be settled yet. */
  settle(from: number, to: number): void {
    this.#unsettled -= to - from
    this.#mark(from, to)
    if (this.#unsettled === 0 && !this.#isKept) this.#release?.(this.records)
  }

  #mark(from: number, to: number): void {
    if (from !== this.#prefix) {
      this.#ahead ??= new Uint8Array(this.records.length)
      this.#ahead.fill(1, from, to)
      return
    }
    this.#prefix = to
    if (this.#ahead !== undefined) while (this.#ahead[this.#prefix] === 1) this.#prefix++
  }
}
