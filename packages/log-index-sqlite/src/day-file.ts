import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { LogDocument } from '@millrace/log-index'
import { Block, blockDocumentsMax, encodeBlock } from './block.ts'
import type { EncodedBlock } from './block.ts'
import type { BulkBlock } from './encode-bulk.ts'
import { IdRanges } from './id-ranges.ts'
import { busyTimeoutMs, openForWriting } from './schema.ts'
import type { WordFilterBuilder } from './word-filter.ts'

/** A block with fewer documents is small: lines that arrive one by one make many of them. */
const smallDocuments = 64
/** As many small blocks are packed anew into few. A document is packed three times at most in this way. */
const smallBlocksMax = 64

interface StoredBlock {
  readonly id: number
  readonly documents: number
  readonly unpacked_bytes: number
  readonly skip: Uint8Array | null
  readonly data: Uint8Array
}

type BlockFacts = Pick<EncodedBlock, 'minTimestamp' | 'maxTimestamp' | 'unpackedBytes' | 'hasOddNumbers' | 'count'>

/** One day's file, as the writer has it. Between `begin` and `commit` nothing is on disk for good. */
export class DayFile {
  readonly #database: DatabaseSync
  readonly #ids: IdRanges
  readonly #insertBlock: StatementSync
  readonly #insertFilter: StatementSync
  readonly #insertBody: StatementSync
  #smallBlocks: number
  #smallBlocksCommitted: number
  #settled = true

  constructor(path: string, cacheBytes: number, walPages: number) {
    const database = openForWriting(path, cacheBytes, walPages)
    this.#database = database
    this.#ids = new IdRanges(database)
    this.#insertBlock = database.prepare(
      'INSERT INTO block (min_timestamp, max_timestamp, documents, live, unpacked_bytes, odd_numbers, skip) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#insertFilter = database.prepare('INSERT INTO filter (id, words) VALUES (?, ?)')
    this.#insertBody = database.prepare('INSERT INTO body (id, data) VALUES (?, ?)')
    const { small } = database.prepare('SELECT count(*) AS small FROM block WHERE documents < ?').get(smallDocuments) as { small: number }
    this.#smallBlocks = this.#smallBlocksCommitted = small
  }

  begin(): void {
    this.#database.exec('BEGIN IMMEDIATE')
    this.#settled = false
  }

  commit(): void {
    this.#database.exec('COMMIT')
    this.#smallBlocksCommitted = this.#smallBlocks
  }

  rollback(): void {
    // SQLite has rolled back by itself after some errors, a full disk among them.
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    this.#smallBlocks = this.#smallBlocksCommitted
  }

  /** Adds a block. Answers the places of its documents that were there before, in order. */
  add(block: BulkBlock, body: Uint8Array, filter: Uint8Array): readonly number[] {
    const existing: number[] = []
    let start = 0
    for (const run of block.ids) {
      for (const [from, to] of this.#ids.claim(run)) for (let at = from; at < to; at++) existing.push(start + at)
      start += run.length
    }
    if (existing.length < block.count) this.#insert(block, body, filter, existing)
    return existing.length > 1 ? existing.sort((a, b) => a - b) : existing
  }

  #insert(facts: BlockFacts, body: Uint8Array, filter: Uint8Array, existing: readonly number[]): void {
    const { minTimestamp, maxTimestamp, count, unpackedBytes, hasOddNumbers } = facts
    const skip = existing.length === 0 ? null : skipBits(count, existing)
    const { lastInsertRowid: id } = this.#insertBlock.run(
      minTimestamp,
      maxTimestamp,
      count,
      count - existing.length,
      unpackedBytes,
      hasOddNumbers ? 1 : 0,
      skip,
    )
    this.#insertFilter.run(id, filter)
    this.#insertBody.run(id, body)
    if (count < smallDocuments) this.#smallBlocks++
  }

  get hasManySmallBlocks(): boolean {
    return this.#smallBlocks >= smallBlocksMax
  }

  /** Packs the small blocks anew into few. */
  compact(builder: WordFilterBuilder): void {
    const small = this.#database
      .prepare('SELECT id, documents, unpacked_bytes, skip, data FROM block JOIN body USING (id) WHERE documents < ? ORDER BY id LIMIT ?')
      .all(smallDocuments, smallBlocksMax * 2) as unknown as StoredBlock[]
    const documents: LogDocument[] = []
    for (const stored of small) documents.push(...liveDocuments(stored))
    for (const table of ['block', 'filter', 'body']) {
      const remove = this.#database.prepare(`DELETE FROM ${table} WHERE id = ?`)
      for (const { id } of small) remove.run(id)
    }
    this.#smallBlocks -= small.length
    for (let start = 0; start < documents.length; start += blockDocumentsMax) {
      const { body, filter, ...facts } = encodeBlock(documents.slice(start, start + blockDocumentsMax), builder)
      this.#insert(facts, body, filter, [])
    }
  }

  /** Brings everything into the main file and gives memory back. Cheap when there was nothing written. */
  settle(): void {
    if (this.#settled) return
    // A long search would hold up the checkpoint, and that the next bulk: what cannot be had at once is left for the next time.
    this.#database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory')
    this.#database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
    this.#settled = true
  }

  close(): void {
    this.#database.close()
  }
}

function liveDocuments(stored: StoredBlock): LogDocument[] {
  const block = new Block(stored.data, stored.unpacked_bytes)
  const documents: LogDocument[] = []
  for (let index = 0; index < block.count; index++) if (!isSkipped(stored.skip, index)) documents.push(block.document(index))
  return documents
}

function skipBits(count: number, places: readonly number[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8))
  for (const place of places) bits[place >>> 3] = (bits[place >>> 3] as number) | (1 << (place & 7))
  return bits
}

/** Whether the document at this place was in the index before its block came. */
export function isSkipped(skip: Uint8Array | null, index: number): boolean {
  return skip !== null && ((skip[index >>> 3] as number) & (1 << (index & 7))) !== 0
}
