import { systemClock } from './system-clock.ts'
import type { IndexClock } from './system-clock.ts'

export interface SqliteLogIndexOptions {
  /** Where the files are. */
  readonly directory: string
  /** Days that are kept; a day is dropped when both its date and its last write are older. Undefined: all. */
  readonly retentionDays?: number
  /** Packed bytes that may wait to be written, of all sinks together; past it bulks are refused as overload. Default 32 MiB. */
  readonly pendingBytesMax?: number
  /** Days' files that each thread keeps open. Default 8. */
  readonly openFilesMax?: number
  /** Page cache of each file that the writer has open. Default 2 MiB. */
  readonly writerCacheBytes?: number
  /** Page cache of each file that a reader has open. Default 2 MiB. */
  readonly readerCacheBytes?: number
  /** Pages (8 KiB) in a write-ahead log from which on it is brought into the main file. Default 1,000. */
  readonly walPages?: number
  /** Without writes for so long, logs are brought into the main files and memory is given back. Default 1 s. */
  readonly idleTimeoutMs?: number
  /** A search that takes longer is ended with `SearchLimitError`. Default 30 s. */
  readonly searchTimeoutMs?: number
  /** Threads that search. Default 2. */
  readonly searchThreadsMax?: number
  /** A thread that has had no search for so long is ended. Default 10 s. */
  readonly searchThreadIdleTimeoutMs?: number
  /** Searches that may wait for a thread; further ones are refused. Default 64. */
  readonly searchesPendingMax?: number
  readonly clock?: IndexClock
  /** Called when the thread that writes has ended unexpectedly: bulks are refused from then on until the index is opened anew. */
  readonly onFailure?: (error: Error) => void
}

export const defaultOptions: Required<Omit<SqliteLogIndexOptions, 'directory' | 'retentionDays' | 'onFailure'>> = {
  pendingBytesMax: 32 * 1024 * 1024,
  openFilesMax: 8,
  writerCacheBytes: 2 * 1024 * 1024,
  readerCacheBytes: 2 * 1024 * 1024,
  walPages: 1_000,
  idleTimeoutMs: 1_000,
  searchTimeoutMs: 30_000,
  searchThreadsMax: 2,
  searchThreadIdleTimeoutMs: 10_000,
  searchesPendingMax: 64,
  clock: systemClock,
}
