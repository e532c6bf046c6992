import type { RecordChunk } from './record-chunk.ts'

/**
 * The records of one shard between its checkpoint and the last one polled. Positions may have gaps: the checkpoint follows the order in
 * which records were polled, not the arithmetic of positions.
 */
export class CheckpointTracker {
  /** In polled order; the first one is not settled to its end. */
  readonly #chunks: RecordChunk[] = []
  #records = 0
  #bytes = 0
  #unsettled = 0
  #checkpoint: number | undefined

  /** Chunks come in the order of their positions. */
  add(chunk: RecordChunk): void {
    this.#chunks.push(chunk)
    this.#records += chunk.records.length
    this.#bytes += chunk.dataBytes
    this.#unsettled += chunk.records.length
  }

  /** Settles records `from` to `to` (exclusive) of the chunk. Answers whether the checkpoint moved. */
  settle(chunk: RecordChunk, from: number, to: number): boolean {
    this.#unsettled -= to - from
    const front = this.#chunks[0]
    const before = chunk.prefix
    chunk.settle(from, to)
    if (chunk !== front || chunk.prefix === before) return false
    this.#advance()
    return true
  }

  /** Position below which every record is settled; undefined while nothing was settled. */
  get checkpoint(): number | undefined {
    return this.#checkpoint
  }

  /** Records between the checkpoint and the last one polled, settled or not. */
  get windowRecords(): number {
    return this.#records - (this.#chunks[0]?.prefix ?? 0)
  }

  /** Bytes of data that the window holds on to. */
  get windowBytes(): number {
    return this.#bytes
  }

  get unsettled(): number {
    return this.#unsettled
  }

  /** Arrival of the oldest unsettled record, milliseconds since the epoch; undefined where there is none. */
  get oldestUnsettledTimestamp(): number | undefined {
    const front = this.#chunks[0]
    return front?.records[front.prefix]?.approximateArrivalTimestamp
  }

  #advance(): void {
    let chunk = this.#chunks[0]
    while (chunk !== undefined && chunk.prefix > 0) {
      this.#checkpoint = (chunk.records[chunk.prefix - 1] as { position: number }).position + 1
      if (chunk.prefix < chunk.records.length) return
      this.#records -= chunk.records.length
      this.#bytes -= chunk.dataBytes
      this.#chunks.shift()
      chunk = this.#chunks[0]
    }
  }
}
