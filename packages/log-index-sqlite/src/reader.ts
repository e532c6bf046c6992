import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { SearchLimitError } from '@millrace/log-index'
import type { DocumentName, FoundDocument, IndexStats, Query, SearchRequest, SearchResult } from '@millrace/log-index'
import { listDays, pathOfDay } from './day-files.ts'
import { daySpan } from './day.ts'
import { Lookup } from './lookup.ts'
import { openForReading } from './schema.ts'
import { Search } from './search.ts'

export interface ReaderOptions {
  readonly directory: string
  readonly openFilesMax: number
  readonly cacheBytes: number
  readonly searchTimeoutMs: number
}

interface StatsRow {
  readonly documents: number | null
  readonly oldest: number | null
  readonly newest: number | null
}

/** The search was aborted while it ran. */
export class SearchAbortedError extends Error {
  override readonly name = 'SearchAbortedError'
}

/** Reads the days' files, with the most recently used ones open. */
export class Reader {
  readonly #options: ReaderOptions
  readonly #open = new Map<string, DatabaseSync>()

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /** Throws `SearchLimitError`, and `SearchAbortedError` once `isAborted` says so. */
  search(query: Query, request: SearchRequest, now: number, isAborted: () => boolean): SearchResult {
    const start = performance.now()
    const check = this.#limit(isAborted, 'Narrow the time range, or add a rarer word to the query.')
    const search = new Search(query, request, { now, check })
    const days = this.#days()
    if (request.order !== 'asc') days.reverse()
    for (const day of days) {
      const { from, to } = daySpan(day)
      if (search.wants(from, to - 1)) this.#with(day, (database) => search.run(database))
    }
    return { ...search.result(), tookMs: performance.now() - start }
  }

  /** Throws `SearchLimitError`, and `SearchAbortedError` once `isAborted` says so. */
  lookUp(names: readonly DocumentName[], isAborted: () => boolean): readonly (FoundDocument | undefined)[] {
    const lookup = new Lookup(names, this.#limit(isAborted, 'Ask for fewer documents at once.'))
    for (const day of this.#days().reverse()) {
      if (lookup.isDone) break
      this.#with(day, (database) => lookup.run(database))
    }
    return lookup.results()
  }

  #limit(isAborted: () => boolean, advice: string): () => void {
    const start = performance.now()
    const { searchTimeoutMs } = this.#options
    return () => {
      if (isAborted()) throw new SearchAbortedError()
      if (performance.now() - start < searchTimeoutMs) return
      throw new SearchLimitError(`The search took longer than ${searchTimeoutMs} ms. ${advice}`)
    }
  }

  stats(): IndexStats {
    let documents = 0
    let bytes = 0
    let oldest = Number.POSITIVE_INFINITY
    let newest = Number.NEGATIVE_INFINITY
    for (const day of this.#days()) {
      for (const suffix of ['', '-wal']) {
        bytes += statSync(`${pathOfDay(this.#options.directory, day)}${suffix}`, { throwIfNoEntry: false })?.size ?? 0
      }
      this.#with(day, (database) => {
        const sql = 'SELECT sum(live) AS documents, min(min_timestamp) AS oldest, max(max_timestamp) AS newest FROM block'
        const row = database.prepare(sql).get() as unknown as StatsRow
        documents += row.documents ?? 0
        oldest = Math.min(oldest, row.oldest ?? oldest)
        newest = Math.max(newest, row.newest ?? newest)
      })
    }
    return documents === 0 ? { documents, bytes } : { documents, bytes, oldestTimestamp: oldest, newestTimestamp: newest }
  }

  close(): void {
    for (const day of this.#open.keys()) this.#close(day)
  }

  /** The days there are; files of days that were dropped meanwhile are closed. */
  #days(): string[] {
    const days = listDays(this.#options.directory)
    for (const day of this.#open.keys()) if (!days.includes(day)) this.#close(day)
    return days
  }

  #with(day: string, use: (database: DatabaseSync) => void): void {
    let database = this.#open.get(day)
    if (database === undefined) {
      while (this.#open.size >= this.#options.openFilesMax) this.#close(this.#open.keys().next().value as string)
      database = openForReading(pathOfDay(this.#options.directory, day), this.#options.cacheBytes)
      if (database === undefined) return
    }
    this.#open.delete(day)
    this.#open.set(day, database)
    use(database)
  }

  #close(day: string): void {
    this.#open.get(day)?.close()
    this.#open.delete(day)
  }
}
