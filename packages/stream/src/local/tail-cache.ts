import { CachedChunk, type LocalShard } from './local-shard.ts'
import type { Chunk } from './local-store.ts'

/**
 * The newest chunks of all shards, so that who follows the tip never asks the store. What goes first is what came first, whosever it is.
 */
export class TailCache {
  readonly #bytesMax: number
  #entries: { readonly shard: LocalShard; readonly cached: CachedChunk }[] = []
  /** Entries before it have gone. */
  #first = 0
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Moves the shard's tip behind the chunk, and keeps the chunk. */
  add(shard: LocalShard, chunk: Chunk): void {
    const cached = new CachedChunk(chunk, shard.source)
    shard.appended(cached)
    this.#entries.push({ shard, cached })
    this.#bytes += chunk.bytes.byteLength
    while (this.#bytes > this.#bytesMax) this.#evict()
    if (this.#first > 1_024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first)
      this.#first = 0
    }
  }

  /** Forgets the shard's chunks that lie below the position. */
  drop(shard: LocalShard, belowPosition: number): void {
    const gone = new Set<CachedChunk>()
    while (shard.tail[0] !== undefined && shard.tail[0].chunk.firstPosition < belowPosition) {
      const cached = shard.tail.shift() as CachedChunk
      this.#bytes -= cached.chunk.bytes.byteLength
      gone.add(cached)
    }
    if (gone.size === 0) return
    this.#entries = this.#entries.slice(this.#first).filter((entry) => !gone.has(entry.cached))
    this.#first = 0
  }

  #evict(): void {
    const { shard, cached } = this.#entries[this.#first] as { shard: LocalShard; cached: CachedChunk }
    // Its place holds the chunk until the list is cut, so it is emptied at once.
    this.#entries[this.#first++] = undefined as never
    shard.tail.shift()
    this.#bytes -= cached.chunk.bytes.byteLength
  }
}
