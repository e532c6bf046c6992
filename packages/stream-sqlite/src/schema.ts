import { DatabaseSync } from 'node:sqlite'

/**
 * What brings the database from each version to the next; the first makes an empty one. Versions are only ever appended.
 *
 * A chunk is one encoded record batch of one shard. Its index holds all that is asked about chunks beside their bytes, so that a commit touches two trees.
 * A shard's `tip` and `newest` are as of its last trim: what came since is in its chunks. A shard without a stream waits to be purged.
 * The highest version that a resource ever had is the sequence of its table.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE stream (
    incarnation TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, shard_count INTEGER NOT NULL, retention_hours INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE shard (
    key INTEGER PRIMARY KEY, stream TEXT REFERENCES stream, ordinal INTEGER NOT NULL, shard_id TEXT NOT NULL, starting_hash_key TEXT NOT NULL,
    ending_hash_key TEXT NOT NULL, created INTEGER NOT NULL, parent TEXT, adjacent_parent TEXT, ending_position INTEGER,
    tip INTEGER NOT NULL, newest INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX shard_stream ON shard (stream);
  CREATE TABLE chunk (
    id INTEGER PRIMARY KEY, shard INTEGER NOT NULL, base INTEGER NOT NULL, count INTEGER NOT NULL, arrival INTEGER NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX chunk_place ON chunk (shard, base, count, arrival);
  CREATE TABLE checkpoint (
    shard INTEGER NOT NULL, consumer TEXT NOT NULL, position INTEGER NOT NULL, lost INTEGER NOT NULL, PRIMARY KEY (shard, consumer)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE dead_letter (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, stream TEXT NOT NULL, function TEXT NOT NULL, details TEXT NOT NULL, data BLOB NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE resource (
    version INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, id)
  ) STRICT;
  `,
  'ALTER TABLE shard ADD COLUMN closed INTEGER',
]

/** Version of the schema that this program writes: the database's `user_version`. */
export const schemaVersion: number = migrations.length

/** The database was written by a newer program. Told to the other thread in numbers, since error classes do not travel. */
export class NewerSchema extends Error {
  readonly found: number
  constructor(found: number) {
    super(`The schema has version ${found}.`)
    this.found = found
  }
}

/** Pages of the write-ahead log after which it is copied into the database: 8 MiB, so that no commit waits long for it. */
const checkpointPages = 512

/** Opens the database to write to it, makes it if it is not there, and migrates it if it is older. Throws `NewerSchema`. */
export function openForWriting(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    // Before anything else: asking a newer database must not change it.
    const version = userVersion(database)
    if (version > schemaVersion) throw new NewerSchema(version)
    // Chunks are large: large pages make short chains of them.
    database.exec('PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8192`)
    for (let at = version; at < schemaVersion; at++) {
      database.exec(`BEGIN IMMEDIATE; ${migrations[at]}; PRAGMA user_version = ${at + 1}; COMMIT`)
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens the database that the writer has opened. */
export function openForReading(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  database.exec('PRAGMA cache_size = -2048')
  return database
}

function userVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
}
