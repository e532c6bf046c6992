import type { DatabaseSync } from 'node:sqlite'
import { compileQuery, isAscii, mayMatch } from '@millrace/log-index'
import type { DocumentMatcher, Query, SearchRequest, SearchResult, WordSet } from '@millrace/log-index'
import { Aggregator } from './aggregator.ts'
import { Block } from './block.ts'
import { isSkipped } from './day-file.ts'
import { TopHits } from './top-hits.ts'
import { WordFilter } from './word-filter.ts'

interface BlockRow {
  readonly id: number
  readonly min_timestamp: number
  readonly max_timestamp: number
  readonly live: number
  readonly unpacked_bytes: number
  readonly odd_numbers: number
  readonly skip: Uint8Array | null
}

export interface SearchContext {
  /** What `now` in the query means, milliseconds since the epoch. */
  readonly now: number
  /** Called for each block; throws to end the search. */
  readonly check: () => void
}

/** One search, over one day's file after the other, newest first (or oldest, as the order of the request is). */
export class Search {
  readonly #query: Query
  readonly #matcher: DocumentMatcher
  readonly #from: number
  readonly #to: number
  readonly #order: 'asc' | 'desc'
  readonly #counts: boolean
  readonly #top: TopHits
  readonly #aggregator: Aggregator
  readonly #check: () => void
  #total = 0

  constructor(query: Query, request: SearchRequest, context: SearchContext) {
    this.#query = query
    this.#matcher = compileQuery(query, context)
    this.#from = request.from ?? Number.NEGATIVE_INFINITY
    this.#to = request.to ?? Number.POSITIVE_INFINITY
    this.#order = request.order ?? 'desc'
    this.#counts = request.trackTotal === true
    this.#top = new TopHits(request.size, this.#order, request.searchAfter)
    this.#aggregator = new Aggregator(request.aggregations ?? {})
    this.#check = context.check
  }

  /** Whether times between these can add anything to the result. */
  wants(min: number, max: number): boolean {
    if (max < this.#from || min >= this.#to) return false
    return this.#needsAll || this.#top.mayTakeBetween(min, max)
  }

  get #needsAll(): boolean {
    return this.#counts || !this.#aggregator.isEmpty
  }

  /** Adds what a day's file has. */
  run(database: DatabaseSync): void {
    // One transaction: the blocks do not change while they are read.
    database.exec('BEGIN')
    try {
      this.#runBlocks(database)
    } finally {
      database.exec('COMMIT')
    }
  }

  #runBlocks(database: DatabaseSync): void {
    const by = this.#order === 'desc' ? 'max_timestamp DESC' : 'min_timestamp ASC'
    const blocks = database.prepare(
      `SELECT id, min_timestamp, max_timestamp, live, unpacked_bytes, odd_numbers, skip FROM block WHERE max_timestamp >= ? AND min_timestamp < ? ORDER BY ${by}`,
    )
    const filter = database.prepare('SELECT words FROM filter WHERE id = ?')
    const body = database.prepare('SELECT data FROM body WHERE id = ?')
    for (const row of blocks.iterate(this.#from, this.#to) as Iterable<unknown> as Iterable<BlockRow>) {
      this.#check()
      if (!this.wants(row.min_timestamp, row.max_timestamp)) continue
      if (this.#countsWhole(row)) {
        this.#total += row.live
        continue
      }
      if (this.#query.kind !== 'all') {
        const words = new WordFilter((filter.get(row.id) as { words: Uint8Array }).words)
        if (!mayMatch(this.#query, words)) continue
      }
      this.#runBlock(row, new Block((body.get(row.id) as { data: Uint8Array }).data, row.unpacked_bytes))
    }
  }

  /** Whether the block can be counted without being looked into. */
  #countsWhole(row: BlockRow): boolean {
    return (
      this.#query.kind === 'all' &&
      this.#aggregator.isEmpty &&
      row.min_timestamp >= this.#from &&
      row.max_timestamp < this.#to &&
      !this.#top.mayTakeBetween(row.min_timestamp, row.max_timestamp)
    )
  }

  #runBlock(row: BlockRow, block: Block): void {
    const needsAll = this.#needsAll
    const needsDocument = this.#query.kind !== 'all' || this.#aggregator.needsDocuments
    for (let index = 0; index < block.count; index++) {
      const timestamp = block.timestamp(index)
      if (timestamp < this.#from || timestamp >= this.#to || isSkipped(row.skip, index)) continue
      if (!needsAll && !this.#top.mayTake(timestamp)) continue
      const source = needsDocument ? block.source(index) : undefined
      if (source !== undefined && !this.#mayMatchText(source, row)) continue
      const document = source === undefined ? undefined : parse(source)
      if (source !== undefined && (document === undefined || !this.#matcher(document))) continue
      this.#total++
      this.#aggregator.add(timestamp, document)
      if (this.#top.mayTake(timestamp)) this.#offer(block, index, timestamp, source)
    }
    this.#top.settle()
  }

  /** Whether it is worth the parsing: what the query needs stands somewhere in the text. */
  #mayMatchText(source: string, row: BlockRow): boolean {
    if (this.#query.kind === 'all' || source.includes('\\u')) return true
    return mayMatch(this.#query, textWords(source.toLowerCase(), row.odd_numbers !== 0))
  }

  #offer(block: Block, index: number, timestamp: number, source: string | undefined): void {
    const id = block.id(index)
    if (!this.#top.takes(timestamp, id)) return
    this.#top.add({ id, dataStream: block.dataStream(index), sort: [timestamp, id], source: source ?? block.source(index) })
  }

  result(): Omit<SearchResult, 'tookMs'> {
    const result = { hits: this.#top.hits(), aggregations: this.#aggregator.result() }
    return this.#counts ? { ...result, total: this.#total } : result
  }
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    // It was taken as text; there is nothing in it to find.
    return undefined
  }
}

/** The words of a JSON text without `\u` escapes: only whether their characters are there. */
function textWords(lower: string, hasOddNumbers: boolean): WordSet {
  return {
    hasWord: (word) => (hasOddNumbers && /^\d/.test(word)) || !isAscii(word) || lower.includes(word),
    hasPair: () => true,
  }
}
