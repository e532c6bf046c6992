import { StorageFailedError } from '../errors.ts'
import type { StreamRecord } from '../record.ts'
import type { RecordBatch } from '../record-batch.ts'
import type { ReadLimit } from '../stream.ts'
import { CachedChunk, type LocalShard } from './local-shard.ts'
import type { ChunkPage, LocalStore } from './local-store.ts'

/** Where cursors read from, and how much each may hold. */
export interface CursorSource {
  readonly store: LocalStore
  /** Of one page at this moment; a cursor holds the page that it reads and the one that it reads ahead. */
  pageBytesMax(): number
}

/** Walks a shard upwards: through the chunks in memory where they are, through pages of the store where not. */
export class ShardCursor {
  readonly #shard: LocalShard
  readonly #source: CursorSource
  readonly #readsAhead: boolean
  #next: number
  #page: CachedChunk[] = []
  #ahead: Promise<ChunkPage> | undefined
  #open: CachedChunk | undefined

  /** With `readsAhead`, the page behind the present one is fetched while that is worked on. */
  constructor(shard: LocalShard, from: number, source: CursorSource, readsAhead: boolean) {
    this.#shard = shard
    this.#next = from
    this.#source = source
    this.#readsAhead = readsAhead
  }

  /** Position of the next record that is taken. */
  get next(): number {
    return this.#next
  }

  /** Position up to which records are in this cursor's hands already: retention cannot take those. */
  get held(): number {
    return Math.max(this.#next, this.#open?.endPosition ?? 0, this.#page.at(-1)?.endPosition ?? 0)
  }

  /** Takes records up to the limit or the tip; none only at the tip. `skipped` is told of positions that retention took. */
  async take(limit: ReadLimit, skipped: (from: number, to: number) => void): Promise<StreamRecord[]> {
    let records: StreamRecord[] = []
    let bytes = 0
    while (records.length < limit.recordsMax && this.#next < this.#shard.tip) {
      const batch = this.#batch()
      if (batch === undefined) {
        await this.#load(skipped)
        continue
      }
      const at = this.#next - batch.position(0)
      const end = endWithin(batch, at, limit.recordsMax - records.length, limit.bytesMax - bytes, records.length === 0)
      if (end === at) break
      const taken = batch.records(at, end)
      bytes += batch.dataBytes(at, end)
      if (records.length === 0) records = taken
      else for (const record of taken) records.push(record)
      this.#next += end - at
    }
    return records
  }

  /** The chunk in memory that holds the next position. */
  #batch(): RecordBatch | undefined {
    const open = this.#open
    if (open !== undefined && this.#next < open.endPosition) return open.batch
    while (this.#page[0] !== undefined && this.#page[0].endPosition <= this.#next) this.#page.shift()
    this.#open = this.#page[0] ?? this.#shard.cached(this.#next)
    return this.#open?.batch
  }

  async #load(skipped: (from: number, to: number) => void): Promise<void> {
    const ahead = this.#ahead ?? this.#read(this.#next)
    this.#ahead = undefined
    const page = await ahead
    this.#page = page.chunks.map((chunk) => new CachedChunk(chunk, this.#shard.source))
    const asked = this.#next
    if (page.from > asked) {
      skipped(asked, page.from)
      this.#next = page.from
    }
    const end = this.#page.at(-1)?.endPosition
    if (end === undefined && page.from <= asked) {
      const { shardId } = this.#shard.shard
      throw new StorageFailedError(`The storage has nothing at position ${page.from} of ${shardId}, which ends at ${this.#shard.tip}.`)
    }
    if (end === undefined || !this.#readsAhead || end >= this.#shard.tip || this.#shard.cached(end) !== undefined) return
    this.#ahead = this.#read(end)
    // Whoever loads the page is told; until then, and when nobody does, it is no unhandled rejection.
    this.#ahead.catch(() => {})
  }

  #read(from: number): Promise<ChunkPage> {
    return this.#source.store.readChunks(this.#shard.key, from, this.#source.pageBytesMax())
  }
}

/** End of the records from `at` on that keep within the bounds; one record at least if `always`. */
function endWithin(batch: RecordBatch, at: number, recordsMax: number, bytesMax: number, always: boolean): number {
  const most = Math.min(batch.length, at + recordsMax)
  if (batch.dataBytes(at, most) <= bytesMax) return most
  let low = at
  let high = most - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (batch.dataBytes(at, middle) <= bytesMax) low = middle
    else high = middle - 1
  }
  return always ? Math.max(low, at + 1) : low
}
