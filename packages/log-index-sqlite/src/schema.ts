import { openSync, readSync, closeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { NewerIndexVersionError } from '@millrace/log-index'

/** Version of the schema, in `PRAGMA user_version` of each day's file. */
const schemaVersion = 1
/** How long a file may be locked by a process that has just been killed. */
export const busyTimeoutMs: number = 5_000

/*
 * `block` is what a search decides by, small enough to be scanned; what it needs then stands in tables of its own. `skip` has a bit for each
 * document of the block that was in the index before the block came, so that it counts once. `id_range`: see `IdRun`.
 */
const schema = `
  CREATE TABLE block (
    id INTEGER PRIMARY KEY, min_timestamp REAL NOT NULL, max_timestamp REAL NOT NULL,
    documents INTEGER NOT NULL, live INTEGER NOT NULL, unpacked_bytes INTEGER NOT NULL, odd_numbers INTEGER NOT NULL, skip BLOB
  );
  CREATE INDEX block_max_timestamp ON block (max_timestamp);
  CREATE TABLE filter (id INTEGER PRIMARY KEY, words BLOB NOT NULL);
  CREATE TABLE body (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE id_range (prefix TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (prefix, first)) WITHOUT ROWID;
`

/** Opens a day's file for writing; makes it if it is not there. Throws `NewerIndexVersionError`, and SQLite's errors. */
export function openForWriting(path: string, cacheBytes: number, walPages: number): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}; PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`)
    database.exec(`PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)}; PRAGMA wal_autocheckpoint = ${walPages}`)
    const version = versionOf(database)
    if (version > schemaVersion) throw new NewerIndexVersionError(`The index file ${path}`, version, schemaVersion)
    if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema}; PRAGMA user_version = ${schemaVersion}; COMMIT`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens a day's file for reading; undefined if the writer has not filled in its schema yet. */
export function openForReading(path: string, cacheBytes: number): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}; PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)}`)
    if (versionOf(database) === schemaVersion) return database
    database.close()
    return undefined
  } catch (error) {
    database.close()
    throw error
  }
}

function versionOf(database: DatabaseSync): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
}

/** Throws `NewerIndexVersionError` if the file's header says so. Reads a hundred bytes, so that hundreds of files cost nothing at the start. */
export function checkVersion(path: string): void {
  const header = Buffer.alloc(64)
  const file = openSync(path, 'r')
  try {
    if (readSync(file, header, 0, 64, 0) < 64) return
  } finally {
    closeSync(file)
  }
  // The user version stands at offset 60 of the header: https://www.sqlite.org/fileformat.html
  const version = header.readInt32BE(60)
  if (version > schemaVersion) throw new NewerIndexVersionError(`The index file ${path}`, version, schemaVersion)
}
