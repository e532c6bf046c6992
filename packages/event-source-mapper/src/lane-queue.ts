import type { StreamRecord } from '@millrace/stream'
import type { BatchLimits } from './batching-policy.ts'
import type { BatchPart } from './lane-batch.ts'
import { LaneBatch } from './lane-batch.ts'
import type { RecordChunk } from './record-chunk.ts'

interface Run {
  readonly chunk: RecordChunk
  readonly records: readonly StreamRecord[]
  readonly indexes: Uint32Array | undefined
  readonly bytes: number
}

/** Records of a lane that wait for an invocation, as slices of the arrays that they were polled in. */
export class LaneQueue {
  readonly #runs: Run[] = []
  /** Records of the first run that are taken. */
  #taken = 0
  #records = 0
  #bytes = 0

  get records(): number {
    return this.#records
  }

  /** What the waiting records would add to a payload. */
  get bytes(): number {
    return this.#bytes
  }

  /** When the oldest of them was polled, milliseconds since the epoch. */
  get oldestPolledAt(): number | undefined {
    return this.#runs[0]?.chunk.polledAt
  }

  /** Adds a chunk, or those of its records that `indexes` (ascending) names. */
  add(chunk: RecordChunk, indexes?: Uint32Array): void {
    const records = indexes === undefined ? chunk.records : Array.from(indexes, (index) => chunk.records[index] as StreamRecord)
    let bytes = 0
    for (let at = 0; at < records.length; at++) bytes += sizeOf(chunk, indexes, at)
    this.#runs.push({ chunk, records, indexes, bytes })
    this.#records += records.length
    this.#bytes += bytes
  }

  /** The record that is taken next. */
  get head(): StreamRecord | undefined {
    return this.#runs[0]?.records[this.#taken]
  }

  /** The waiting records by the chunk that they were polled in, with their ascending indexes, in order. */
  *remains(): Iterable<readonly [RecordChunk, readonly number[]]> {
    for (const [at, { chunk, records, indexes }] of this.#runs.entries()) {
      const waiting: number[] = []
      for (let index = at === 0 ? this.#taken : 0; index < records.length; index++) {
        waiting.push(indexes === undefined ? index : (indexes[index] as number))
      }
      yield [chunk, waiting]
    }
  }

  /**
   * Takes as many records as the limits allow, at least one. A polled array that fits as a whole is passed on as it is. With `arrivedBefore`, in
   * milliseconds since the epoch, the batch ends before a record that arrived then or later.
   */
  take(limits: BatchLimits, arrivedBefore?: number): LaneBatch {
    const parts: BatchPart[] = []
    let whole: readonly StreamRecord[] | undefined
    const records: StreamRecord[] = []
    let count = 0
    let bytes = 0
    for (let run = this.#runs[0]; run !== undefined && count < limits.recordsMax; run = this.#runs[0]) {
      const first = this.#taken
      let end = first
      for (; end < run.records.length && count < limits.recordsMax; end++, count++) {
        const size = sizeOf(run.chunk, run.indexes, end)
        if (count > 0 && bytes + size > limits.bytesMax) break
        if (arrivedBefore !== undefined && count > 0 && (run.records[end] as StreamRecord).approximateArrivalTimestamp >= arrivedBefore)
          break
        bytes += size
      }
      if (end === first) break
      parts.push({ chunk: run.chunk, indexes: run.indexes, first, count: end - first })
      if (parts.length === 1) whole = first === 0 && end === run.records.length ? run.records : run.records.slice(first, end)
      else {
        if (whole !== undefined) for (const record of whole) records.push(record)
        whole = undefined
        for (let at = first; at < end; at++) records.push(run.records[at] as StreamRecord)
      }
      this.#taken = end
      if (end < run.records.length) break
      this.#runs.shift()
      this.#taken = 0
    }
    this.#records -= count
    this.#bytes -= bytes
    return new LaneBatch(whole ?? records, parts)
  }
}

function sizeOf(chunk: RecordChunk, indexes: Uint32Array | undefined, at: number): number {
  return chunk.sizes[indexes === undefined ? at : (indexes[at] as number)] as number
}
