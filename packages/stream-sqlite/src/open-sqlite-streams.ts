import { join } from 'node:path'
import { type StorageFailedError, systemClock } from '@millrace/stream'
import { LocalStreams, type LocalStreamsOptions, localStreamsDefaults } from '@millrace/stream/local'
import { SqliteStore } from './sqlite-store.ts'

export interface SqliteStreamsOptions extends Partial<LocalStreamsOptions> {
  /** A directory that is there, and that this process has claimed (`claimDataDirectory`). */
  readonly directory: string
}

/** Streams and dead letters in one file of the data directory. */
export class SqliteStreams extends LocalStreams {
  /** Resolves if a thread of the storage dies. From then on what needs it fails, retryably; only opening anew mends that. */
  readonly failed: Promise<StorageFailedError>

  constructor(failed: Promise<StorageFailedError>, ...rest: ConstructorParameters<typeof LocalStreams>) {
    super(...rest)
    this.failed = failed
  }
}

/**
 * Opens the embedded streams, and makes their file when it is not there.
 * Rejects with `NewerVersionError` for a file of a newer version, with `StorageError` for one that cannot be opened or written.
 */
export async function openSqliteStreams(options: SqliteStreamsOptions): Promise<SqliteStreams> {
  const { directory, ...rest } = options
  const { store, state } = await SqliteStore.open(join(directory, 'streams.db'))
  return new SqliteStreams(store.failed, store, state, { ...localStreamsDefaults, clock: systemClock, ...rest })
}
