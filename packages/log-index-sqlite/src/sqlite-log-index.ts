import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { IndexClosedError, checkLookups, checkSearchRequest, parseQuery } from '@millrace/log-index'
import type {
  DocumentName,
  DocumentOutcome,
  FoundDocument,
  IndexStats,
  LogDocuments,
  LogIndex,
  LogSink,
  SearchRequest,
  SearchResult,
} from '@millrace/log-index'
import { listDays, pathOfDay } from './day-files.ts'
import { millisecondsPerDay } from './day.ts'
import { defaultOptions } from './options.ts'
import type { SqliteLogIndexOptions } from './options.ts'
import { ReaderPool } from './reader-pool.ts'
import { checkVersion } from './schema.ts'
import { connectSqliteLogSink } from './sink.ts'
import type { WriterCommand, WriterThreadData } from './writer-thread.ts'

const retentionIntervalMs = 3_600_000

/** The embedded index: a directory of SQLite files, one for each day. */
export interface SqliteLogIndex extends LogIndex {
  /** A port to be handed to another thread, which makes a sink of it with `connectSqliteLogSink`. Throws `IndexClosedError`. */
  sinkPort(): MessagePort
  /** Resolves when the thread that writes has answered. Throws `IndexClosedError`. */
  ping(): Promise<void>
}

/**
 * Opens the index of a directory, and makes it if it is not there. One process at a time may have it open: the caller sees to that.
 * Throws `NewerIndexVersionError` if a newer Millrace wrote it, and the file system's errors.
 */
export async function openSqliteLogIndex(options: SqliteLogIndexOptions): Promise<SqliteLogIndex> {
  const complete = { ...defaultOptions, ...options }
  await mkdir(complete.directory, { recursive: true })
  for (const day of listDays(complete.directory)) checkVersion(pathOfDay(complete.directory, day))
  return new ThreadedLogIndex(complete)
}

class ThreadedLogIndex implements SqliteLogIndex {
  readonly #options: SqliteLogIndexOptions & typeof defaultOptions
  readonly #writer: Worker
  readonly #writerEnded: Promise<void>
  readonly #readers: ReaderPool
  readonly #sink: LogSink
  readonly #bulks = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined
  #cancelRetention: (() => void) | undefined

  constructor(options: SqliteLogIndexOptions & typeof defaultOptions) {
    this.#options = options
    const { directory, openFilesMax, writerCacheBytes, readerCacheBytes, walPages, pendingBytesMax, idleTimeoutMs } = options
    const workerData: WriterThreadData = { directory, openFilesMax, cacheBytes: writerCacheBytes, walPages, pendingBytesMax, idleTimeoutMs }
    this.#writer = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
      name: 'index-writer',
    })
    this.#writerEnded = new Promise((resolve) => {
      let failure = new Error('The thread that writes the index exited.')
      this.#writer.once('error', (error: Error) => (failure = error))
      this.#writer.once('exit', () => {
        if (this.#closing === undefined) options.onFailure?.(failure)
        resolve()
      })
    })
    this.#readers = new ReaderPool({
      directory,
      openFilesMax,
      cacheBytes: readerCacheBytes,
      searchTimeoutMs: options.searchTimeoutMs,
      threadsMax: options.searchThreadsMax,
      searchesPendingMax: options.searchesPendingMax,
      threadIdleTimeoutMs: options.searchThreadIdleTimeoutMs,
      clock: options.clock,
    })
    this.#sink = connectSqliteLogSink(this.sinkPort())
    this.#writer.unref()
    this.#retain()
  }

  sinkPort(): MessagePort {
    if (this.#closing !== undefined) throw new IndexClosedError()
    const { port1, port2 } = new MessageChannel()
    this.#writer.postMessage({ type: 'connect', port: port1 } satisfies WriterCommand, [port1])
    return port2
  }

  async ping(): Promise<void> {
    // Its greeting is the first that a new port brings.
    const port = this.sinkPort()
    try {
      await once(port, 'message')
    } finally {
      port.close()
    }
  }

  async bulk(documents: LogDocuments, signal?: AbortSignal): Promise<readonly DocumentOutcome[]> {
    if (this.#closing !== undefined) throw new IndexClosedError()
    const outcomes = this.#sink.bulk(documents, signal)
    this.#bulks.add(outcomes)
    try {
      return await outcomes
    } finally {
      this.#bulks.delete(outcomes)
    }
  }

  async search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResult> {
    checkSearchRequest(request)
    return this.#readers.search(parseQuery(request.query ?? ''), request, this.#options.clock.now(), signal)
  }

  async getByIds(names: readonly DocumentName[], signal?: AbortSignal): Promise<readonly (FoundDocument | undefined)[]> {
    checkLookups(names)
    return this.#readers.lookUp(
      names.map(({ id, dataStream, timestamp }) => ({ id, dataStream, timestamp })),
      signal,
    )
  }

  stats(): Promise<IndexStats> {
    return this.#readers.stats()
  }

  #retain(): void {
    const { retentionDays, clock } = this.#options
    if (retentionDays === undefined) return
    const command: WriterCommand = { type: 'drop', before: clock.now() - retentionDays * millisecondsPerDay }
    this.#writer.postMessage(command)
    this.#cancelRetention = clock.schedule(retentionIntervalMs, () => this.#retain())
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#cancelRetention?.()
    this.#writer.ref()
    // Readers go first: whoever closes a file last brings its log into it, and that must be the writer.
    await this.#readers.close()
    await Promise.allSettled(this.#bulks)
    const command: WriterCommand = { type: 'close' }
    this.#writer.postMessage(command)
    await this.#writerEnded
  }
}
