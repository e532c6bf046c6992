import type { StreamRecord } from '@millrace/stream'
import type { CheckpointTracker } from './checkpoint-tracker.ts'
import type { RecordChunk } from './record-chunk.ts'

/** Records of one chunk that are in a batch: `count` of them from `first` on, counted in `indexes` where that is there, else in the chunk. */
export interface BatchPart {
  readonly chunk: RecordChunk
  /** Ascending indexes into the chunk, where a lane has only some of its records. */
  readonly indexes: Uint32Array | undefined
  readonly first: number
  readonly count: number
}

/** Records on their way through one invocation after the other, and where each came from, so that it can be settled. */
export class LaneBatch {
  /** Ascending by position. */
  readonly records: readonly StreamRecord[]
  readonly #parts: readonly BatchPart[]

  constructor(records: readonly StreamRecord[], parts: readonly BatchPart[]) {
    this.records = records
    this.#parts = parts
  }

  get length(): number {
    return this.records.length
  }

  /** The records may still be read once they are settled. */
  keep(): void {
    for (const { chunk } of this.#parts) chunk.keep()
  }

  /** Settles every record of the batch. Answers whether the checkpoint moved. */
  settle(tracker: CheckpointTracker): boolean {
    let moved = false
    for (const { chunk, indexes, first, count } of this.#parts) {
      if (indexes === undefined) {
        moved = tracker.settle(chunk, first, first + count) || moved
        continue
      }
      for (let at = first; at < first + count; ) {
        const from = indexes[at] as number
        let to = from + 1
        while (++at < first + count && indexes[at] === to) to++
        moved = tracker.settle(chunk, from, to) || moved
      }
    }
    return moved
  }

  /** The batch of only these records. `chosen` ascends. */
  pick(chosen: readonly number[]): LaneBatch {
    const parts: BatchPart[] = []
    let next = 0
    let start = 0
    for (const { chunk, indexes, first, count } of this.#parts) {
      const begin = next
      while (next < chosen.length && (chosen[next] as number) < start + count) next++
      if (next > begin) {
        const inChunk = Uint32Array.from(chosen.slice(begin, next), (index) => {
          const at = first + index - start
          return indexes === undefined ? at : (indexes[at] as number)
        })
        parts.push({ chunk, indexes: inChunk, first: 0, count: inChunk.length })
      }
      start += count
    }
    return new LaneBatch(
      chosen.map((index) => this.records[index] as StreamRecord),
      parts,
    )
  }
}
