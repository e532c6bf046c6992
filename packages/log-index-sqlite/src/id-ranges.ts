import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { IdRun } from './id-runs.ts'

interface RangeRow {
  readonly first: number
  readonly last: number
}

/** The ids of a day, kept as ranges: what makes a repeat known as one. */
export class IdRanges {
  readonly #near: StatementSync
  readonly #remove: StatementSync
  readonly #put: StatementSync

  constructor(database: DatabaseSync) {
    this.#near = database.prepare('SELECT first, last FROM id_range WHERE prefix = ? AND first <= ? ORDER BY first DESC')
    this.#remove = database.prepare('DELETE FROM id_range WHERE prefix = ? AND first = ?')
    this.#put = database.prepare('INSERT OR REPLACE INTO id_range (prefix, first, last) VALUES (?, ?, ?)')
  }

  /**
   * Adds the ids of the run. Answers the spans of it that were there before, as places within the run, in no particular order: [from, to), …
   */
  claim({ prefix, first, length }: IdRun): readonly (readonly [from: number, to: number])[] {
    const last = first + length - 1
    const existing: [number, number][] = []
    const touching: RangeRow[] = []
    // Ranges neither overlap nor touch, so that the first one which ends before the run also ends the search.
    for (const row of this.#near.iterate(prefix, last + 1) as Iterable<RangeRow & Record<string, never>>) {
      if (row.last < first - 1) break
      touching.push({ first: row.first, last: row.last })
      if (row.last >= first && row.first <= last) existing.push([Math.max(row.first, first) - first, Math.min(row.last, last) - first + 1])
    }
    this.#merge(prefix, first, last, touching)
    return existing
  }

  #merge(prefix: string, first: number, last: number, touching: readonly RangeRow[]): void {
    // An id that is no number is a range of its own, without neighbours.
    const start = Math.min(first, ...touching.map((row) => row.first))
    const end = Math.max(last, ...touching.map((row) => row.last))
    if (touching.length === 1 && touching[0]?.first === start && touching[0].last === end) return
    for (const row of touching) if (row.first !== start) this.#remove.run(prefix, row.first)
    this.#put.run(prefix, start, end)
  }
}
