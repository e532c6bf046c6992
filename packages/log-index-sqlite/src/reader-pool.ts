import { Worker } from 'node:worker_threads'
import { IndexClosedError, SearchLimitError, SearchUnavailableError } from '@millrace/log-index'
import type { DocumentName, FoundDocument, IndexStats, Query, SearchRequest, SearchResult } from '@millrace/log-index'
import type { ReaderAnswer, ReaderCommand, ReaderResult } from './reader-thread.ts'
import type { ReaderOptions } from './reader.ts'
import type { IndexClock } from './system-clock.ts'

export interface ReaderPoolOptions extends ReaderOptions {
  readonly threadsMax: number
  readonly searchesPendingMax: number
  /** A thread without a search for so long is ended, and its memory with it. */
  readonly threadIdleTimeoutMs: number
  readonly clock: IndexClock
}

interface Call {
  readonly command: (call: number) => ReaderCommand
  readonly settle: (answer: ReaderAnswer | Error) => void
  /** Ends it where it is. */
  readonly stop: () => void
}

interface Thread {
  readonly worker: Worker
  call: Call | undefined
  /** Cancels its end for lack of work. */
  keep: (() => void) | undefined
}

/** Parsing makes much garbage: a small young generation costs little time and saves a hundred megabytes. A search that needs more than this is ended. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 }

/** Threads that search, started as they are needed; each does one search at a time, the others wait, up to a limit. */
export class ReaderPool {
  readonly #options: ReaderPoolOptions
  readonly #threads = new Set<Thread>()
  #waiting: Call[] = []
  #nextCall = 0
  #closed = false

  constructor(options: ReaderPoolOptions) {
    this.#options = options
  }

  async search(query: Query, request: SearchRequest, now: number, signal: AbortSignal | undefined): Promise<SearchResult> {
    const aborted = new SharedArrayBuffer(4)
    return (await this.#call((call) => ({ type: 'search', call, query, request, now, aborted }), signal, aborted)) as SearchResult
  }

  async lookUp(names: readonly DocumentName[], signal: AbortSignal | undefined): Promise<readonly (FoundDocument | undefined)[]> {
    const aborted = new SharedArrayBuffer(4)
    const command = (call: number): ReaderCommand => ({ type: 'lookUp', call, names, aborted })
    return (await this.#call(command, signal, aborted)) as readonly (FoundDocument | undefined)[]
  }

  async stats(): Promise<IndexStats> {
    return (await this.#call((call) => ({ type: 'stats', call }), undefined, undefined)) as IndexStats
  }

  async #call(
    command: (call: number) => ReaderCommand,
    signal: AbortSignal | undefined,
    aborted: SharedArrayBuffer | undefined,
  ): Promise<ReaderResult> {
    signal?.throwIfAborted()
    if (this.#closed) throw new IndexClosedError()
    if (this.#waiting.length >= this.#options.searchesPendingMax) {
      throw new SearchUnavailableError(`${this.#waiting.length} searches are waiting already. Try again in a moment.`)
    }
    const { promise, resolve, reject } = Promise.withResolvers<ReaderResult>()
    const call: Call = {
      command,
      stop: () => void (aborted !== undefined && Atomics.store(new Int32Array(aborted), 0, 1)),
      settle: (answer) => {
        if (answer instanceof Error) reject(answer)
        else if ('error' in answer) reject(errorOf(answer.error))
        else resolve(answer.result)
      },
    }
    const abort = (): void => {
      call.stop()
      this.#waiting = this.#waiting.filter((waiting) => waiting !== call)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
    this.#waiting.push(call)
    this.#assign()
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idleThread()
      if (thread === undefined) return
      thread.keep?.()
      thread.call = this.#waiting.shift() as Call
      thread.worker.ref()
      const command = thread.call.command(this.#nextCall++)
      thread.worker.postMessage(command)
    }
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) if (thread.call === undefined) return thread
    return this.#threads.size < this.#options.threadsMax ? this.#start() : undefined
  }

  #start(): Thread {
    const { directory, openFilesMax, cacheBytes, searchTimeoutMs } = this.#options
    const workerData: ReaderOptions = { directory, openFilesMax, cacheBytes, searchTimeoutMs }
    const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), { workerData, resourceLimits, name: 'index-reader' })
    const thread: Thread = { worker, call: undefined, keep: undefined }
    worker.unref()
    worker.on('message', (answer: ReaderAnswer) => {
      const { call } = thread
      thread.call = undefined
      worker.unref()
      call?.settle(answer)
      this.#assign()
      if (thread.call === undefined)
        thread.keep = this.#options.clock.schedule(this.#options.threadIdleTimeoutMs, () => this.#retire(thread))
    })
    worker.once('error', (error) => this.#lost(thread, error.message))
    worker.once('exit', () => this.#lost(thread, 'it exited'))
    this.#threads.add(thread)
    return thread
  }

  #lost(thread: Thread, reason: string): void {
    this.#threads.delete(thread)
    thread.call?.settle(new SearchUnavailableError(`The thread that searches the index ended unexpectedly: ${reason}. Try again.`))
    thread.call = undefined
    if (!this.#closed) this.#assign()
  }

  #retire(thread: Thread): void {
    this.#threads.delete(thread)
    const command: ReaderCommand = { type: 'close' }
    thread.worker.postMessage(command)
  }

  /** Ends the threads; searches that wait or run are refused. */
  async close(): Promise<void> {
    this.#closed = true
    for (const call of this.#waiting.splice(0)) call.settle(new IndexClosedError())
    for (const { call, keep } of this.#threads) {
      keep?.()
      call?.stop()
      call?.settle(new IndexClosedError())
    }
    await Promise.all(
      [...this.#threads].map(({ worker }) => {
        worker.ref()
        const ended = new Promise((resolve) => worker.once('exit', resolve))
        const command: ReaderCommand = { type: 'close' }
        worker.postMessage(command)
        return ended
      }),
    )
  }
}

function errorOf(error: { readonly name: string; readonly message: string }): Error {
  return error.name === 'SearchLimitError'
    ? new SearchLimitError(error.message)
    : new SearchUnavailableError(`The index could not be read: ${error.message}`)
}
