import { decodePutRecords, encodePutRecords, type PutRecord, type RecordHeaders } from '@millrace/stream'

const newline = 0x0a

/** Records that travel together, as objects and as the bytes of a request. Either form is made of the other when it is first asked for. */
export class PipeBatch {
  readonly count: number
  #records: readonly PutRecord[] | undefined
  #body: Uint8Array | undefined
  #isResent = false

  private constructor(count: number, records: readonly PutRecord[] | undefined, body: Uint8Array | undefined) {
    this.count = count
    this.#records = records
    this.#body = body
  }

  static of(records: readonly PutRecord[]): PipeBatch {
    return new PipeBatch(records.length, records, undefined)
  }

  /** `body` as `encodePutRecords` made it, of `count` records. */
  static ofBody(body: Uint8Array, count: number): PipeBatch {
    return new PipeBatch(count, undefined, body)
  }

  get records(): readonly PutRecord[] {
    return (this.#records ??= decodePutRecords(this.#body as Uint8Array))
  }

  get body(): Uint8Array {
    return (this.#body ??= encodePutRecords(this.#records as readonly PutRecord[]))
  }

  /** The same records, saying that they may have been accepted before. */
  resent(): PipeBatch {
    if (this.#isResent) return this
    const marked = new Map<RecordHeaders | undefined, RecordHeaders>()
    const headersOf = (headers: RecordHeaders | undefined): RecordHeaders => {
      const found = marked.get(headers) ?? { ...headers, resent: true }
      marked.set(headers, found)
      return found
    }
    const batch = PipeBatch.of(this.records.map((record) => ({ ...record, headers: headersOf(record.headers) })))
    batch.#isResent = true
    return batch
  }

  /** Bytes of the records' data. */
  get dataBytes(): number {
    return this.records.reduce((sum, record) => sum + record.data.byteLength, 0)
  }

  /** Lines that the records were made of. */
  get lineCount(): number {
    return this.records.reduce((sum, record) => sum + lineCountOf(record), 0)
  }

  /** The records at these places alone. */
  pick(indexes: readonly number[]): PipeBatch {
    const { records } = this
    return PipeBatch.of(indexes.map((index) => records[index] as PutRecord))
  }

  /** Two batches of about half the records each. */
  halves(): [PipeBatch, PipeBatch] {
    const middle = Math.ceil(this.count / 2)
    return [PipeBatch.of(this.records.slice(0, middle)), PipeBatch.of(this.records.slice(middle))]
  }
}

function lineCountOf(record: PutRecord): number {
  let count = 1
  for (let at = record.data.indexOf(newline); at !== -1; at = record.data.indexOf(newline, at + 1)) count++
  return count
}
