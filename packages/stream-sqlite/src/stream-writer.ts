import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Resource } from '@millrace/stream'
import type { Append, Operation, RemovalBounds, StoredShard, StoredStream, TrimResult } from '@millrace/stream/local'
import { rowOfLetter } from './dead-letter-rows.ts'

/** Everything that is written, one transaction after the other. */
export class StreamWriter {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** All or nothing. Answers the operations, in order. */
  commit(appends: readonly Append[], operations: readonly Operation[]): unknown[] {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const append of appends) this.#append(append)
      const answers = operations.map((operation) => this.#apply(operation))
      this.#database.exec('COMMIT')
      return answers
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#database.close()
  }

  #append({ shardKey, firstPosition, count, arrivalTimestamp, bytes }: Append): void {
    this.#sql('INSERT INTO chunk (shard, base, count, arrival, bytes) VALUES (?, ?, ?, ?, ?)').run(
      shardKey,
      firstPosition,
      count,
      arrivalTimestamp,
      bytes,
    )
  }

  #apply(operation: Operation): unknown {
    switch (operation.kind) {
      case 'create-stream':
        return this.#create(operation.stream)
      case 'delete-stream':
        return this.#delete(operation.incarnation)
      case 'reshard':
        return this.#reshard(operation)
      case 'forget-shard':
        return this.#forgetShard(operation.shardKey)
      case 'set-retention':
        return this.#sql('UPDATE stream SET retention_hours = ? WHERE incarnation = ?').run(operation.retentionHours, operation.incarnation)
      case 'checkpoint':
        return this.#sql(
          `INSERT INTO checkpoint (shard, consumer, position, lost) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET position = excluded.position, lost = excluded.lost WHERE excluded.position >= position`,
        ).run(operation.shardKey, operation.consumer, operation.position, operation.lostRecords)
      case 'delete-consumer':
        return this.#sql('DELETE FROM checkpoint WHERE consumer = ? AND shard IN (SELECT key FROM shard WHERE stream = ?)').run(
          operation.consumer,
          operation.incarnation,
        )
      case 'trim':
        return this.#trim(operation.shardKey, operation.beforeTimestamp, operation.bounds)
      case 'purge':
        return this.#purge(operation.bounds)
      case 'add-dead-letters':
        return this.#addLetters(operation)
      case 'put-resource':
        return this.#putResource(operation.resource)
      case 'delete-resource':
        return this.#deleteResource(operation.resource)
      default:
        return operation.ids.reduce((sum, id) => sum + Number(this.#sql('DELETE FROM dead_letter WHERE id = ?').run(id).changes), 0)
    }
  }

  #create({ description, shards }: StoredStream): void {
    const { incarnation, name, createdTimestamp, shardCount, retentionHours } = description
    this.#sql('INSERT INTO stream (incarnation, name, created, shard_count, retention_hours) VALUES (?, ?, ?, ?, ?)').run(
      incarnation,
      name,
      createdTimestamp,
      shardCount,
      retentionHours,
    )
    this.#open(incarnation, shards)
  }

  #reshard({ incarnation, shardCount, closed, opened }: Extract<Operation, { kind: 'reshard' }>): void {
    this.#sql('UPDATE stream SET shard_count = ? WHERE incarnation = ?').run(shardCount, incarnation)
    for (const { key, endingPosition, closedTimestamp } of closed) {
      this.#sql('UPDATE shard SET ending_position = ?, closed = ? WHERE key = ?').run(endingPosition, closedTimestamp, key)
    }
    this.#open(incarnation, opened)
  }

  /** The row stays, with its key, for the purge: keys are never used again. */
  #forgetShard(shardKey: number): void {
    this.#sql('DELETE FROM checkpoint WHERE shard = ?').run(shardKey)
    this.#sql('UPDATE shard SET stream = NULL WHERE key = ?').run(shardKey)
  }

  #open(incarnation: string, shards: readonly StoredShard[]): void {
    const insert = this.#sql(
      `INSERT INTO shard (key, stream, ordinal, shard_id, starting_hash_key, ending_hash_key, created, parent, adjacent_parent, ending_position, closed, tip, newest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    for (const { key, shard, tip, newestTimestamp } of shards) {
      insert.run(
        key,
        incarnation,
        shard.index,
        shard.shardId,
        shard.startingHashKey.toString(),
        shard.endingHashKey.toString(),
        shard.createdTimestamp,
        shard.parentShardId ?? null,
        shard.adjacentParentShardId ?? null,
        shard.endingPosition ?? null,
        shard.closedTimestamp ?? null,
        tip,
        newestTimestamp,
      )
    }
  }

  /** The chunks stay, to be purged a few at a time: a large stream must not hold up the others. */
  #delete(incarnation: string): void {
    this.#sql('DELETE FROM checkpoint WHERE shard IN (SELECT key FROM shard WHERE stream = ?)').run(incarnation)
    this.#sql('UPDATE shard SET stream = NULL WHERE stream = ?').run(incarnation)
    this.#sql('DELETE FROM stream WHERE incarnation = ?').run(incarnation)
  }

  #addLetters(operation: Extract<Operation, { kind: 'add-dead-letters' }>): void {
    const insert = this.#sql('INSERT INTO dead_letter (id, stream, function, details, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
    for (const letter of operation.letters) insert.run(...rowOfLetter(letter))
  }

  #putResource({ kind, id, version, value }: Resource): void {
    this.#sql('DELETE FROM resource WHERE kind = ? AND id = ?').run(kind, id)
    this.#sql('INSERT INTO resource (kind, id, version, value) VALUES (?, ?, ?, ?)').run(kind, id, version, JSON.stringify(value))
  }

  #deleteResource({ kind, id, version }: Omit<Resource, 'value'>): void {
    this.#sql('DELETE FROM resource WHERE kind = ? AND id = ?').run(kind, id)
    this.#sql("UPDATE sqlite_sequence SET seq = ? WHERE name = 'resource'").run(version)
  }

  #trim(shardKey: number, beforeTimestamp: number, bounds: RemovalBounds): TrimResult {
    const last = this.#sql('SELECT base + count AS tip, arrival FROM chunk WHERE shard = ? ORDER BY base DESC LIMIT 1').get(shardKey)
    // Kept with the shard before the chunks go that tell it: a position must never be used twice.
    if (last !== undefined) {
      this.#sql('UPDATE shard SET tip = max(tip, ?), newest = max(newest, ?) WHERE key = ?').run(
        Number(last['tip']),
        Number(last['arrival']),
        shardKey,
      )
    }
    const more = this.#remove(shardKey, beforeTimestamp, bounds)
    const oldest = this.#sql('SELECT base, arrival FROM chunk WHERE shard = ? ORDER BY base LIMIT 1').get(shardKey)
    const horizon = oldest?.['base'] ?? this.#sql('SELECT tip FROM shard WHERE key = ?').get(shardKey)?.['tip'] ?? 0
    return { horizon: Number(horizon), oldestTimestamp: oldest && Number(oldest['arrival']), more }
  }

  #purge(bounds: RemovalBounds): boolean {
    for (let removed = 0; removed < bounds.chunksMax; removed++) {
      const orphan = this.#sql('SELECT key FROM shard WHERE stream IS NULL LIMIT 1').get()
      if (orphan === undefined) return false
      const key = Number(orphan['key'])
      if (this.#remove(key, Number.MAX_SAFE_INTEGER, bounds)) return true
      this.#sql('DELETE FROM shard WHERE key = ?').run(key)
    }
    return true
  }

  /** Removes the oldest chunks of a shard. Whether a bound ended it. */
  #remove(shardKey: number, beforeTimestamp: number, bounds: RemovalBounds): boolean {
    const rows = this.#sql('SELECT id, length(bytes) AS bytes, arrival FROM chunk WHERE shard = ? ORDER BY base LIMIT ?').all(
      shardKey,
      bounds.chunksMax,
    )
    const remove = this.#sql('DELETE FROM chunk WHERE id = ?')
    let bytes = 0
    for (const row of rows) {
      if (Number(row['arrival']) >= beforeTimestamp) return false
      if (bytes >= bounds.bytesMax) return true
      remove.run(Number(row['id']))
      bytes += Number(row['bytes'])
    }
    return rows.length === bounds.chunksMax
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }
}
