import type { DatabaseSync } from 'node:sqlite'
import type { JsonValue } from '@millrace/stream'
import type { StoredCheckpoint, StoredResources, StoredShard, StoredState } from '@millrace/stream/local'

/** What the database holds, without its records. */
export function loadState(database: DatabaseSync): StoredState {
  const shards = Map.groupBy(loadShards(database), (entry) => entry.stream)
  const checkpoints = Map.groupBy(loadCheckpoints(database), (entry) => entry.stream)
  const streams = database
    .prepare('SELECT incarnation, name, created, shard_count, retention_hours FROM stream')
    .all()
    .map((row) => {
      const incarnation = String(row['incarnation'])
      return {
        description: {
          name: String(row['name']),
          incarnation,
          createdTimestamp: Number(row['created']),
          shardCount: Number(row['shard_count']),
          retentionHours: Number(row['retention_hours']),
        },
        shards: (shards.get(incarnation) ?? []).map((entry) => entry.shard),
        checkpoints: (checkpoints.get(incarnation) ?? []).map((entry) => entry.checkpoint),
      }
    })
  const next = database.prepare('SELECT coalesce(max(key), 0) + 1 AS next FROM shard').get()
  return { streams, nextShardKey: Number(next?.['next']), ...loadResources(database) }
}

function loadShards(database: DatabaseSync): { stream: string; shard: StoredShard }[] {
  const first = database.prepare('SELECT base, arrival FROM chunk WHERE shard = ? ORDER BY base LIMIT 1')
  const last = database.prepare('SELECT base + count AS tip, arrival FROM chunk WHERE shard = ? ORDER BY base DESC LIMIT 1')
  return database
    .prepare('SELECT * FROM shard WHERE stream IS NOT NULL ORDER BY key')
    .all()
    .map((row) => {
      const key = Number(row['key'])
      const oldest = first.get(key)
      const newest = last.get(key)
      const tip = Math.max(Number(row['tip']), Number(newest?.['tip'] ?? 0))
      const shard: StoredShard = {
        key,
        shard: shardOfRow(row),
        tip,
        horizon: Number(oldest?.['base'] ?? tip),
        oldestTimestamp: oldest && Number(oldest['arrival']),
        newestTimestamp: Math.max(Number(row['newest']), Number(newest?.['arrival'] ?? 0)),
      }
      return { stream: String(row['stream']), shard }
    })
}

function shardOfRow(row: Record<string, unknown>): StoredShard['shard'] {
  return {
    shardId: String(row['shard_id']),
    index: Number(row['ordinal']),
    startingHashKey: BigInt(String(row['starting_hash_key'])),
    endingHashKey: BigInt(String(row['ending_hash_key'])),
    createdTimestamp: Number(row['created']),
    ...(typeof row['parent'] === 'string' && { parentShardId: row['parent'] }),
    ...(typeof row['adjacent_parent'] === 'string' && { adjacentParentShardId: row['adjacent_parent'] }),
    ...(typeof row['ending_position'] === 'number' && { endingPosition: row['ending_position'] }),
    ...(typeof row['closed'] === 'number' && { closedTimestamp: row['closed'] }),
  }
}

function loadCheckpoints(database: DatabaseSync): { stream: string; checkpoint: StoredCheckpoint }[] {
  return database
    .prepare('SELECT stream, shard, consumer, position, lost FROM checkpoint JOIN shard ON shard.key = checkpoint.shard')
    .all()
    .map((row) => ({
      stream: String(row['stream']),
      checkpoint: {
        shardKey: Number(row['shard']),
        consumer: String(row['consumer']),
        position: Number(row['position']),
        lostRecords: Number(row['lost']),
      },
    }))
}

function loadResources(database: DatabaseSync): StoredResources {
  const resources = database
    .prepare('SELECT kind, id, version, value FROM resource')
    .all()
    .map(({ kind, id, version, value }) => ({
      kind: String(kind),
      id: String(id),
      version: Number(version),
      value: JSON.parse(String(value)) as JsonValue,
    }))
  const last = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'resource'").get()
  return { resources, lastVersion: Number(last?.['seq'] ?? 0) }
}
