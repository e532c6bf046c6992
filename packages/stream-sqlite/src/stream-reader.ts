import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { DeadLetter, DeadLetterQuery } from '@millrace/stream'
import type { Chunk, ChunkPage } from '@millrace/stream/local'
import { letterOfRow } from './dead-letter-rows.ts'

/** What is asked of the database while the writer writes. Every answer is of one moment. */
export class StreamReader {
  readonly #database: DatabaseSync
  readonly #atOrBelow: StatementSync
  readonly #above: StatementSync
  readonly #bytes: StatementSync
  readonly #tip: StatementSync
  readonly #letters: StatementSync
  readonly #letter: StatementSync
  readonly #letterCount: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#atOrBelow = database.prepare('SELECT base, count, arrival FROM chunk WHERE shard = ? AND base <= ? ORDER BY base DESC LIMIT 1')
    this.#above = database.prepare('SELECT base, count, arrival FROM chunk WHERE shard = ? AND base > ? ORDER BY base LIMIT 1')
    this.#bytes = database.prepare('SELECT base, count, arrival, bytes FROM chunk WHERE shard = ? AND base >= ? ORDER BY base')
    this.#tip = database.prepare('SELECT tip FROM shard WHERE key = ?')
    this.#letters = database.prepare(
      `SELECT details, data FROM dead_letter WHERE number > coalesce((SELECT number FROM dead_letter WHERE id = :after), 0)
       AND (:stream IS NULL OR stream = :stream) AND (:function IS NULL OR function = :function) ORDER BY number LIMIT :limit`,
    )
    this.#letter = database.prepare('SELECT details, data FROM dead_letter WHERE id = ?')
    this.#letterCount = database.prepare('SELECT count(*) AS count FROM dead_letter')
  }

  readChunks(shardKey: number, from: number, bytesMax: number): ChunkPage {
    return this.#atOneMoment(() => {
      const first = this.#placeAt(shardKey, from)
      if (first === undefined) return { chunks: [], from: Math.max(from, Number(this.#tip.get(shardKey)?.['tip'] ?? 0)) }
      const chunks: Chunk[] = []
      let bytes = 0
      for (const row of this.#bytes.iterate(shardKey, first.base)) {
        const chunk = chunkOfRow(row)
        chunks.push(chunk)
        bytes += chunk.bytes.byteLength
        if (bytes >= bytesMax) break
      }
      return { chunks, from: Math.max(from, first.base) }
    })
  }

  /** Arrivals ascend with positions, so that the first chunk of a time is found by halving. */
  positionAt(shardKey: number, timestamp: number): number | undefined {
    return this.#atOneMoment(() => {
      let found = this.#placeAt(shardKey, 0)
      const last = this.#place(this.#atOrBelow, shardKey, Number.MAX_SAFE_INTEGER)
      if (found === undefined || last === undefined || last.arrival < timestamp) return undefined
      // Always: `high` arrived in time, and what lies below `low` did not.
      let low = found.base
      let high = last.base
      while (low < high) {
        found = this.#place(this.#atOrBelow, shardKey, low + Math.floor((high - low) / 2))
        if (found === undefined) break
        if (found.arrival >= timestamp) high = found.base
        else low = found.base + found.count
      }
      return high
    })
  }

  timestampAt(shardKey: number, position: number): number | undefined {
    return this.#atOneMoment(() => this.#placeAt(shardKey, position)?.arrival)
  }

  listDeadLetters(query: DeadLetterQuery): readonly DeadLetter[] {
    const { after = null, stream = null, functionName = null, limit } = query
    return this.#letters.all({ after, stream, function: functionName, limit }).map(letterOfRow)
  }

  getDeadLetter(id: string): DeadLetter | undefined {
    const row = this.#letter.get(id)
    return row && letterOfRow(row)
  }

  countDeadLetters(): number {
    return Number(this.#letterCount.get()?.['count'])
  }

  close(): void {
    this.#database.close()
  }

  /** The chunk that holds the position, else the next one. */
  #placeAt(shardKey: number, position: number): Place | undefined {
    const place = this.#place(this.#atOrBelow, shardKey, position)
    return place !== undefined && position < place.base + place.count ? place : this.#place(this.#above, shardKey, position)
  }

  #place(statement: StatementSync, shardKey: number, position: number): Place | undefined {
    const row = statement.get(shardKey, position)
    return row && { base: Number(row['base']), count: Number(row['count']), arrival: Number(row['arrival']) }
  }

  #atOneMoment<Result>(read: () => Result): Result {
    this.#database.exec('BEGIN')
    try {
      return read()
    } finally {
      this.#database.exec('COMMIT')
    }
  }
}

interface Place {
  readonly base: number
  readonly count: number
  readonly arrival: number
}

function chunkOfRow(row: Record<string, unknown>): Chunk {
  const { base, count, arrival, bytes } = row
  return { firstPosition: Number(base), count: Number(count), arrivalTimestamp: Number(arrival), bytes: bytes as Uint8Array }
}
