import type { ReadLimit, RecordSource } from '@millrace/stream'
import { type DecodedBatch, decodeBatch, type Marker } from '../records/decode-batch.ts'
import type { KafkaRecord } from '../records/kafka-record.ts'
import { type RawBatch, unpack } from '../records/raw-batch.ts'

/** What becomes of a marker: it is no end, it is the end, or nobody knows yet. */
export type MarkerJudgement = 'pass' | 'end' | 'hold'

interface Waiting {
  readonly raw: RawBatch
  /** Records below it were handed out before. */
  readonly from: number
  unpacked: Uint8Array | Promise<Uint8Array> | undefined
}

/**
 * What was fetched of a shard and not handed out yet. It waits compressed: that is how its bytes are counted, and only the batch that is worked on and the one behind it
 * take more.
 */
export class RecordQueue {
  readonly #source: RecordSource
  readonly #limit: ReadLimit
  readonly #judge: (marker: Marker) => MarkerJudgement
  /** Nothing is handed out from behind a marker of which nobody knows yet whether it is the end. */
  #held = false
  #ended = false
  readonly #waiting: Waiting[] = []
  #open: DecodedBatch | undefined
  /** Of the open batch, the next record to hand out. */
  #at = 0
  #bytes = 0

  constructor(source: RecordSource, limit: ReadLimit, judge: (marker: Marker) => MarkerJudgement = () => 'pass') {
    this.#judge = judge
    this.#source = source
    this.#limit = limit
  }

  /** Compressed bytes that wait. */
  get bytes(): number {
    return this.#bytes
  }

  /** The end of the shard was met. */
  get ended(): boolean {
    return this.#ended
  }

  /** The marker that holds the queue up is judged once more. */
  resume(): void {
    this.#held = false
  }

  push(raw: RawBatch, from: number): void {
    if (this.#ended) return
    this.#bytes += raw.records.length
    this.#waiting.push({ raw, from, unpacked: undefined })
  }

  /** Drops everything. */
  clear(): void {
    this.#waiting.length = 0
    this.#open = undefined
    this.#bytes = 0
  }

  /** The next records, up to the limit; none where nothing waits. Small batches come together, without waiting for any. Throws what their decoding throws. */
  async take(): Promise<readonly KafkaRecord[]> {
    if (this.#open === undefined && !(await this.#openNext())) return []
    const whole = this.#takeWhole()
    if (whole !== undefined && (whole.length >= this.#limit.recordsMax || !this.#nextIsReady())) return whole
    const records: KafkaRecord[] = whole === undefined ? [] : [...whole]
    let bytes = whole === undefined ? 0 : whole.reduce((sum, record) => sum + record.dataBytes, 0)
    for (;;) {
      if (this.#open === undefined) {
        if (!this.#nextIsReady()) return records
        await this.#openNext()
        continue
      }
      const record = this.#open.records[this.#at] as KafkaRecord
      const fits = records.length < this.#limit.recordsMax && bytes + record.dataBytes <= this.#limit.bytesMax
      if (records.length > 0 && !fits) return records
      bytes += record.dataBytes
      records.push(record)
      this.#advance(1)
    }
  }

  /** A batch that is within the limit and was not begun is handed out as it is. */
  #takeWhole(): readonly KafkaRecord[] | undefined {
    const open = this.#open
    if (open === undefined || this.#at > 0) return undefined
    if (open.records.length > this.#limit.recordsMax || open.dataBytes > this.#limit.bytesMax) return undefined
    this.#advance(open.records.length)
    return open.records
  }

  #advance(count: number): void {
    this.#at += count
    if (this.#at < (this.#open?.records.length ?? 0)) return
    this.#open = undefined
    this.#at = 0
  }

  /** Whether the next batch can be had without waiting. */
  #nextIsReady(): boolean {
    const [next] = this.#waiting
    if (next === undefined || this.#held || this.#ended) return false
    this.#unpack(next)
    return !(next.unpacked instanceof Promise)
  }

  /** False when nothing waits. */
  async #openNext(): Promise<boolean> {
    for (;;) {
      const [next] = this.#waiting
      if (next === undefined || this.#held || this.#ended) return false
      this.#unpack(next)
      const unpacked = next.unpacked as Uint8Array | Promise<Uint8Array>
      const bytes = unpacked instanceof Promise ? await unpacked : unpacked
      // It may have been cleared meanwhile.
      if (this.#waiting[0] !== next) continue
      const open = decodeBatch(this.#source, next.raw, bytes, next.from)
      const judgement = open.marker === undefined ? 'pass' : this.#judge(open.marker)
      this.#held = judgement === 'hold'
      if (this.#held) return false
      if (judgement === 'end') return this.#end()
      this.#waiting.shift()
      this.#bytes -= next.raw.records.length
      if (this.#waiting[0] !== undefined) this.#unpack(this.#waiting[0])
      if (open.records.length === 0) continue
      this.#open = open
      this.#at = 0
      return true
    }
  }

  #end(): false {
    this.clear()
    this.#ended = true
    return false
  }

  /** Begins to decompress it, unless that was begun. */
  #unpack(waiting: Waiting): void {
    if (waiting.unpacked !== undefined) return
    waiting.unpacked = unpack(waiting.raw)
    // Whoever takes the batch is told.
    if (waiting.unpacked instanceof Promise) waiting.unpacked.catch(() => {})
  }
}
