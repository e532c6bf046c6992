import type { DeadLetter, DeadLetterQuery } from '../dead-letters.ts'
import { StorageError } from '../errors.ts'
import type { Append, Chunk, ChunkPage, LocalStore, Operation, RemovalBounds, StoredStream, TrimResult } from '../local/local-store.ts'

/** What a shard has stored. */
interface MemoryShard {
  chunks: Chunk[]
  tip: number
}

/** Keeps everything in memory, up to a bound; the way there and back is the same as to a disk. */
export class MemoryStore implements LocalStore {
  readonly #bytesMax: number
  readonly #shards = new Map<number, MemoryShard>()
  readonly #shardKeys = new Map<string, readonly number[]>()
  readonly #letters = new Map<string, DeadLetter>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  async commit(
    appends: readonly Append[],
    operations: readonly Operation[],
  ): Promise<{ readonly chunks: readonly Chunk[]; readonly answers: readonly unknown[] }> {
    const bytes = appends.reduce((sum, append) => sum + append.bytes.byteLength, 0)
    const more = bytes + lettersBytes(operations)
    if (more > 0 && this.#bytes + more > this.#bytesMax) {
      throw new StorageError(`The memory of the stream is full: ${this.#bytes} of ${this.#bytesMax} bytes are taken.`)
    }
    this.#bytes += bytes
    for (const append of appends) {
      const shard = this.#shards.get(append.shardKey) as MemoryShard
      shard.chunks.push(append)
      shard.tip = append.firstPosition + append.count
    }
    return { chunks: appends, answers: operations.map((operation) => this.#apply(operation)) }
  }

  async readChunks(shardKey: number, from: number, bytesMax: number): Promise<ChunkPage> {
    const shard = this.#shards.get(shardKey)
    if (shard === undefined) return { chunks: [], from }
    const start = shard.chunks.findIndex((chunk) => chunk.firstPosition + chunk.count > from)
    if (start < 0) return { chunks: [], from: shard.tip }
    let end = start
    for (let bytes = 0; end < shard.chunks.length && (end === start || bytes < bytesMax); end++) {
      bytes += shard.chunks[end]?.bytes.byteLength ?? 0
    }
    return { chunks: shard.chunks.slice(start, end), from: Math.max(from, shard.chunks[start]?.firstPosition ?? from) }
  }

  async positionAt(shardKey: number, timestamp: number): Promise<number | undefined> {
    return this.#shards.get(shardKey)?.chunks.find((chunk) => chunk.arrivalTimestamp >= timestamp)?.firstPosition
  }

  async timestampAt(shardKey: number, position: number): Promise<number | undefined> {
    return this.#shards.get(shardKey)?.chunks.find((chunk) => chunk.firstPosition + chunk.count > position)?.arrivalTimestamp
  }

  async listDeadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    const ids = [...this.#letters.keys()]
    const after = query.after === undefined ? 0 : ids.indexOf(query.after) + 1
    return [...this.#letters.values()]
      .slice(after)
      .filter((letter) => query.stream === undefined || letter.stream === query.stream)
      .filter((letter) => query.functionName === undefined || letter.functionName === query.functionName)
      .slice(0, query.limit)
  }

  async getDeadLetter(id: string): Promise<DeadLetter | undefined> {
    return this.#letters.get(id)
  }

  async countDeadLetters(): Promise<number> {
    return this.#letters.size
  }

  async close(): Promise<void> {
    this.#shards.clear()
    this.#letters.clear()
  }

  #apply(operation: Operation): unknown {
    switch (operation.kind) {
      case 'create-stream':
        return this.#create(operation.stream)
      case 'delete-stream':
        return this.#delete(operation.incarnation)
      case 'reshard':
        return this.#reshard(operation.incarnation, operation.opened)
      case 'forget-shard':
        return this.#forget(operation.shardKey)
      case 'trim':
        return this.#trim(operation.shardKey, operation.beforeTimestamp, operation.bounds)
      case 'add-dead-letters':
        return operation.letters.forEach((letter) => this.#add(letter))
      case 'remove-dead-letters':
        return operation.ids.filter((id) => this.#remove(id)).length
      case 'purge':
        return false
      default:
        // Nothing reads a checkpoint or a resource again: what outlives the process is of no use here.
        return undefined
    }
  }

  #create({ description, shards }: StoredStream): void {
    const keys = shards.map(({ key }) => key)
    for (const key of keys) this.#shards.set(key, { chunks: [], tip: 0 })
    this.#shardKeys.set(description.incarnation, keys)
  }

  #reshard(incarnation: string, opened: StoredStream['shards']): void {
    const keys = opened.map(({ key }) => key)
    for (const key of keys) this.#shards.set(key, { chunks: [], tip: 0 })
    this.#shardKeys.set(incarnation, [...(this.#shardKeys.get(incarnation) ?? []), ...keys])
  }

  #delete(incarnation: string): void {
    for (const key of this.#shardKeys.get(incarnation) ?? []) this.#forget(key)
    this.#shardKeys.delete(incarnation)
  }

  #add(letter: DeadLetter): void {
    if (this.#letters.has(letter.id)) return
    this.#letters.set(letter.id, letter)
    this.#bytes += letter.data.byteLength
  }

  #forget(key: number): void {
    for (const chunk of this.#shards.get(key)?.chunks ?? []) this.#bytes -= chunk.bytes.byteLength
    this.#shards.delete(key)
  }

  #remove(id: string): boolean {
    this.#bytes -= this.#letters.get(id)?.data.byteLength ?? 0
    return this.#letters.delete(id)
  }

  #trim(key: number, beforeTimestamp: number, bounds: RemovalBounds): TrimResult {
    const shard = this.#shards.get(key)
    if (shard === undefined) return { horizon: 0, oldestTimestamp: undefined, more: false }
    let removed = 0
    let bytes = 0
    while (removed < bounds.chunksMax && bytes < bounds.bytesMax) {
      const chunk = shard.chunks[removed]
      if (chunk === undefined || chunk.arrivalTimestamp >= beforeTimestamp) break
      bytes += chunk.bytes.byteLength
      removed += 1
    }
    shard.chunks.splice(0, removed)
    this.#bytes -= bytes
    const oldest = shard.chunks[0]
    const more = removed >= bounds.chunksMax || bytes >= bounds.bytesMax
    return { horizon: oldest?.firstPosition ?? shard.tip, oldestTimestamp: oldest?.arrivalTimestamp, more }
  }
}

function lettersBytes(operations: readonly Operation[]): number {
  let bytes = 0
  for (const operation of operations) {
    if (operation.kind === 'add-dead-letters') for (const letter of operation.letters) bytes += letter.data.byteLength
  }
  return bytes
}
