import type { DeadLetter, DeadLetterQuery, StorageFailedError } from '@millrace/stream'
import type { Append, Chunk, ChunkPage, LocalStore, Operation, StoredState } from '@millrace/stream/local'
import { StorageThread } from './threads/storage-thread.ts'

/** A local store in one SQLite file, with a thread that writes, and one that reads as soon as there is something to read: who follows the tip needs none. */
export class SqliteStore implements LocalStore {
  readonly #writer: StorageThread
  readonly #path: string
  #reading: StorageThread | undefined
  #fail: (error: StorageFailedError) => void
  /** Resolves if a thread dies: what needs it fails from then on. */
  readonly failed: Promise<StorageFailedError>

  private constructor(path: string) {
    this.#writer = new StorageThread('writer', new URL('./threads/writer.worker.ts', import.meta.url), path)
    this.#path = path
    const failed = Promise.withResolvers<StorageFailedError>()
    this.failed = failed.promise
    this.#fail = failed.resolve
    void this.#writer.failed.then(this.#fail)
  }

  /** Opens the file, or makes it. Rejects with `NewerVersionError`, and with `StorageError` where it cannot be written. */
  static async open(path: string): Promise<{ readonly store: SqliteStore; readonly state: StoredState }> {
    const store = new SqliteStore(path)
    try {
      return { store, state: (await store.#writer.call('open', [])) as StoredState }
    } catch (error) {
      await store.close()
      throw error
    }
  }

  async commit(
    appends: readonly Append[],
    operations: readonly Operation[],
  ): Promise<{ readonly chunks: readonly Chunk[]; readonly answers: readonly unknown[] }> {
    const buffers = appends.map((append) => append.bytes.buffer as ArrayBuffer)
    return (await this.#writer.call('commit', [appends, operations], buffers)) as { chunks: Chunk[]; answers: unknown[] }
  }

  async readChunks(shardKey: number, from: number, bytesMax: number): Promise<ChunkPage> {
    return (await this.#reader.call('readChunks', [shardKey, from, bytesMax])) as ChunkPage
  }

  async positionAt(shardKey: number, timestamp: number): Promise<number | undefined> {
    return (await this.#reader.call('positionAt', [shardKey, timestamp])) as number | undefined
  }

  async timestampAt(shardKey: number, position: number): Promise<number | undefined> {
    return (await this.#reader.call('timestampAt', [shardKey, position])) as number | undefined
  }

  async listDeadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    return (await this.#reader.call('listDeadLetters', [query])) as readonly DeadLetter[]
  }

  async getDeadLetter(id: string): Promise<DeadLetter | undefined> {
    return (await this.#reader.call('getDeadLetter', [id])) as DeadLetter | undefined
  }

  async countDeadLetters(): Promise<number> {
    return (await this.#reader.call('countDeadLetters', [])) as number
  }

  /** The reader goes first: the last connection to close folds the write-ahead log into the database. */
  async close(): Promise<void> {
    await this.#reading?.close()
    await this.#writer.close()
  }

  get #reader(): StorageThread {
    if (this.#reading === undefined) {
      this.#reading = new StorageThread('reader', new URL('./threads/reader.worker.ts', import.meta.url), this.#path)
      void this.#reading.failed.then(this.#fail)
    }
    return this.#reading
  }
}
