import type { DeadLetter, DeadLetterQuery, StorageFailedError } from '@millrace/stream'
import type { Append, Chunk, ChunkPage, LocalStore, Operation, StoredState } from '@millrace/stream/local'
import { StorageThread } from './threads/storage-thread.ts'

/** A local store in one SQLite file, with a thread that writes and one that reads. */
export class SqliteStore implements LocalStore {
  readonly #writer: StorageThread
  readonly #reader: StorageThread
  /** Resolves if a thread dies: nothing succeeds any more. */
  readonly failed: Promise<StorageFailedError>

  private constructor(path: string) {
    this.#writer = new StorageThread('writer', new URL('./threads/writer.worker.ts', import.meta.url), path)
    this.#reader = new StorageThread('reader', new URL('./threads/reader.worker.ts', import.meta.url), path)
    this.failed = Promise.race([this.#writer.failed, this.#reader.failed])
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
    await this.#reader.close()
    await this.#writer.close()
  }
}
