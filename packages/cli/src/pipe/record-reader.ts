import { LineSplitter, StackTraceJoiner } from '@millrace/log-normalizer'
import type { RecordHeaders } from '@millrace/stream'
import type { RecordRun } from './batcher.ts'

export interface RecordReaderOptions {
  /** What every record says; `readTimestamp` is added. */
  readonly headers: RecordHeaders
  readonly partitionKey: string | undefined
  readonly lineBytesMax: number
  readonly joinTimeoutMs: number
  /** Stack traces become one record. */
  readonly join: boolean
  /** Numbers the records of all sources of a run: takes as many, answers the first. */
  readonly takeSequences: (count: number) => number
}

/** Records that were read within so many milliseconds share a time of reading, and so their headers. */
const readTimestampStepMs = 10

/** Makes records of the bytes of one source. Empty lines are left out, and counted. */
export class RecordReader {
  readonly #options: RecordReaderOptions
  readonly #splitter: LineSplitter
  readonly #joiner: StackTraceJoiner | undefined
  #headers: RecordHeaders
  #lines = 0
  #emptyLines = 0

  constructor(options: RecordReaderOptions) {
    this.#options = options
    this.#splitter = new LineSplitter({ lineBytesMax: options.lineBytesMax })
    this.#joiner = options.join ? new StackTraceJoiner({ joinTimeoutMs: options.joinTimeoutMs }) : undefined
    this.#headers = options.headers
  }

  /** Lines read; those that came out as empty records are not among them. */
  get lines(): number {
    return this.#lines - this.#emptyLines
  }

  get emptyLines(): number {
    return this.#emptyLines
  }

  /** The records that are complete with this chunk. */
  push(chunk: Uint8Array, now: number): RecordRun | undefined {
    return this.#take(this.#splitter.push(chunk), now)
  }

  /** The records that are left at the end of the source. */
  end(now: number): RecordRun | undefined {
    const lines = this.#splitter.end()
    this.#lines += lines.length
    return this.#run([...(this.#joiner?.add(lines, now) ?? lines), ...(this.#joiner?.flush() ?? [])], now)
  }

  /** Milliseconds from `now` until `flush` has something to answer. */
  untilNextMs(now: number): number | undefined {
    return this.#joiner?.untilNextMs(now)
  }

  /** What waited long enough for a further line. */
  flush(now: number): RecordRun | undefined {
    return this.#run(this.#joiner?.flush(now) ?? [], now)
  }

  #take(lines: readonly Uint8Array[], now: number): RecordRun | undefined {
    this.#lines += lines.length
    return this.#run(this.#joiner?.add(lines, now) ?? lines, now)
  }

  #run(records: readonly Uint8Array[], now: number): RecordRun | undefined {
    const data = records.some(isEmpty) ? records.filter((record) => !isEmpty(record)) : records
    this.#emptyLines += records.length - data.length
    if (data.length === 0) return undefined
    if (now - (this.#headers.readTimestamp ?? 0) >= readTimestampStepMs) this.#headers = { ...this.#options.headers, readTimestamp: now }
    const { partitionKey, takeSequences } = this.#options
    return { data, headers: this.#headers, partitionKey, firstSequence: takeSequences(data.length) }
  }
}

function isEmpty(record: Uint8Array): boolean {
  return record.byteLength === 0
}
