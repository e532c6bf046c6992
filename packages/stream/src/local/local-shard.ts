import { RecordBatch } from '../record-batch.ts'
import type { RecordSource, Shard } from '../shard.ts'
import type { Chunk, ClosedShard, StoredShard, TrimResult } from './local-store.ts'

/** A chunk that is in memory; it is taken apart once, however many read it. */
export class CachedChunk {
  readonly chunk: Chunk
  readonly #source: RecordSource
  #batch: RecordBatch | undefined

  constructor(chunk: Chunk, source: RecordSource) {
    this.chunk = chunk
    this.#source = source
  }

  get endPosition(): number {
    return this.chunk.firstPosition + this.chunk.count
  }

  get batch(): RecordBatch {
    this.#batch ??= new RecordBatch(this.#source, this.chunk.bytes)
    return this.#batch
  }
}

/** What is known of a shard without asking the store: its ends, and its newest chunks. Wakes who waits at the tip. */
export class LocalShard {
  readonly key: number
  readonly source: RecordSource
  /** It is being closed: what is put for it waits until that is on disk, and goes to its children. */
  closing = false
  /** Newest chunks, end to end up to the tip; `TailCache` bounds them. */
  readonly tail: CachedChunk[] = []
  #shard: Shard
  #tip: number
  #horizon: number
  #oldestTimestamp: number | undefined
  #newestTimestamp: number
  readonly #waiting = new Set<() => void>()

  constructor(stored: StoredShard, streamName: string, incarnation: string) {
    this.key = stored.key
    this.#shard = stored.shard
    this.source = { streamName, incarnation, shard: stored.shard }
    this.#tip = stored.tip
    this.#horizon = stored.horizon
    this.#oldestTimestamp = stored.oldestTimestamp
    this.#newestTimestamp = stored.newestTimestamp
  }

  get shard(): Shard {
    return this.#shard
  }

  /** Whether the shard ends at or before the position. */
  endsAt(position: number): boolean {
    const { endingPosition } = this.#shard
    return endingPosition !== undefined && position >= endingPosition
  }

  /** Position of the next record. */
  get tip(): number {
    return this.#tip
  }

  /** First position that is there; the tip where nothing is. */
  get horizon(): number {
    return this.#horizon
  }

  get oldestTimestamp(): number | undefined {
    return this.#oldestTimestamp
  }

  /** When a record that is put now arrives: arrivals never go back within a shard, whatever the clock does. */
  arrival(now: number): number {
    return Math.max(now, this.#newestTimestamp)
  }

  appended(cached: CachedChunk): void {
    const { arrivalTimestamp } = cached.chunk
    this.tail.push(cached)
    this.#tip = cached.endPosition
    this.#oldestTimestamp ??= arrivalTimestamp
    this.#newestTimestamp = arrivalTimestamp
  }

  closed({ endingPosition, closedTimestamp }: ClosedShard): void {
    this.#shard = { ...this.#shard, endingPosition, closedTimestamp }
    this.wake()
  }

  trimmed(result: TrimResult): void {
    this.#horizon = result.horizon
    this.#oldestTimestamp = result.oldestTimestamp
  }

  /** The chunk in memory that holds the position; undefined where the store has to be asked. */
  cached(position: number): CachedChunk | undefined {
    let low = 0
    let high = this.tail.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.tail[middle] as CachedChunk).chunk.firstPosition <= position) low = middle
      else high = middle - 1
    }
    const found = this.tail[low]
    return found !== undefined && found.chunk.firstPosition <= position && position < found.endPosition ? found : undefined
  }

  wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resume of waiting) resume()
  }

  /** Resolves when a record stands at the position or none ever will, and when the signal is aborted. */
  async reached(position: number, signal: AbortSignal): Promise<void> {
    while (this.#tip <= position && !this.endsAt(position) && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const resume = (): void => resolve()
      this.#waiting.add(resume)
      signal.addEventListener('abort', resume)
      await promise
      signal.removeEventListener('abort', resume)
      this.#waiting.delete(resume)
    }
  }
}
