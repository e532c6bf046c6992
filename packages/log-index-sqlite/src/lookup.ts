import type { DatabaseSync } from 'node:sqlite'
import type { DocumentName, FoundDocument } from '@millrace/log-index'
import { Block } from './block.ts'
import { isSkipped } from './day-file.ts'
import { startRun } from './id-runs.ts'

interface BlockRow {
  readonly id: number
  readonly unpacked_bytes: number
  readonly skip: Uint8Array | null
}

/**
 * Documents by their ids, over one day's file after the other. Which ids a day has is known by its ranges; in which block is not: first those of the times that
 * the documents are thought to have are looked into, then the rest of that day.
 */
export class Lookup {
  readonly #names: readonly DocumentName[]
  readonly #places = new Map<string, number[]>()
  readonly #found: (FoundDocument | undefined)[]
  /** Called for each block; throws to end the look-up. */
  readonly #check: () => void

  constructor(names: readonly DocumentName[], check: () => void) {
    this.#names = names
    this.#check = check
    this.#found = names.map(() => undefined)
    for (const [place, { id }] of names.entries()) {
      const places = this.#places.get(id)
      if (places === undefined) this.#places.set(id, [place])
      else places.push(place)
    }
  }

  get isDone(): boolean {
    return this.#places.size === 0
  }

  /** Adds what a day's file has. */
  run(database: DatabaseSync): void {
    // One transaction: the blocks do not change while they are read.
    database.exec('BEGIN')
    try {
      const own = this.#idsOf(database)
      if (own.size > 0) this.#runBlocks(database, own)
    } finally {
      database.exec('COMMIT')
    }
  }

  results(): readonly (FoundDocument | undefined)[] {
    return this.#found
  }

  #idsOf(database: DatabaseSync): Set<string> {
    const near = database.prepare('SELECT last FROM id_range WHERE prefix = ? AND first <= ? ORDER BY first DESC LIMIT 1')
    const own = new Set<string>()
    for (const id of this.#places.keys()) {
      const { prefix, first } = startRun(id)
      const row = near.get(prefix, first) as { last: number } | undefined
      if (row !== undefined && row.last >= first) own.add(id)
    }
    return own
  }

  #runBlocks(database: DatabaseSync, wanted: Set<string>): void {
    const [from, to] = this.#span(wanted)
    const columns = 'SELECT id, unpacked_bytes, skip FROM block WHERE'
    const likely = database.prepare(`${columns} max_timestamp >= ? AND min_timestamp <= ?`)
    const others = database.prepare(`${columns} NOT (max_timestamp >= ? AND min_timestamp <= ?)`)
    const body = database.prepare('SELECT data FROM body WHERE id = ?')
    for (const blocks of [likely, others]) {
      for (const row of blocks.iterate(from, to) as Iterable<unknown> as Iterable<BlockRow>) {
        if (wanted.size === 0) return
        this.#check()
        this.#runBlock(row, new Block((body.get(row.id) as { data: Uint8Array }).data, row.unpacked_bytes), wanted)
      }
    }
  }

  #span(wanted: ReadonlySet<string>): readonly [from: number, to: number] {
    let from = Number.POSITIVE_INFINITY
    let to = Number.NEGATIVE_INFINITY
    for (const { id, timestamp } of this.#names) {
      if (!wanted.has(id)) continue
      from = Math.min(from, timestamp)
      to = Math.max(to, timestamp)
    }
    return [from, to]
  }

  #runBlock(row: BlockRow, block: Block, wanted: Set<string>): void {
    for (let index = 0; index < block.count; index++) {
      const id = block.id(index)
      if (!wanted.has(id) || isSkipped(row.skip, index)) continue
      const document = { id, dataStream: block.dataStream(index), source: block.source(index) }
      for (const place of this.#places.get(id) ?? []) this.#found[place] = document
      this.#places.delete(id)
      wanted.delete(id)
    }
  }
}
