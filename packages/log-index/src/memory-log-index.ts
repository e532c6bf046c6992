import { checkLookups, checkSearchRequest } from './check-search-request.ts'
import { IndexClosedError } from './errors.ts'
import { compileQuery } from './kql/compile-query.ts'
import { fieldValues } from './kql/field-values.ts'
import type { Scalar } from './kql/field-values.ts'
import { parseQuery } from './kql/parse-query.ts'
import { allDocuments } from './log-index.ts'
import type {
  Aggregation,
  Bucket,
  DocumentName,
  DocumentOutcome,
  FoundDocument,
  IndexStats,
  LogDocument,
  LogDocuments,
  LogIndex,
  SearchRequest,
  SearchResult,
  SortKey,
} from './log-index.ts'

/** An index in memory, for tests and trials: it keeps everything and looks at every document. */
export class MemoryLogIndex implements LogIndex {
  readonly #documents = new Map<string, LogDocument>()
  readonly #now: () => number
  #closed = false

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  async bulk(documents: LogDocuments, signal?: AbortSignal): Promise<readonly DocumentOutcome[]> {
    this.#check(signal)
    return allDocuments(documents).map((document) => {
      if (this.#documents.has(document.id)) return { status: 'exists' }
      const reason = reasonToReject(document)
      if (reason !== undefined) return { status: 'rejected', reason }
      this.#documents.set(document.id, document)
      return { status: 'created' }
    })
  }

  async search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResult> {
    this.#check(signal)
    checkSearchRequest(request)
    const start = performance.now()
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, searchAfter } = request
    const matcher = compileQuery(parseQuery(request.query ?? ''), { now: this.#now() })
    const sign = request.order === 'asc' ? 1 : -1
    const found = [...this.#documents.values()]
      .filter(({ timestamp, source }) => timestamp >= from && timestamp < to && matcher(JSON.parse(source)))
      .sort((a, b) => sign * compare(keyOf(a), keyOf(b)))
    const rest = searchAfter === undefined ? found : found.filter((document) => sign * compare(keyOf(document), searchAfter) > 0)
    const hits = rest
      .slice(0, request.size)
      .map(({ id, dataStream, timestamp, source }) => ({ id, dataStream, sort: [timestamp, id] as const, source }))
    const aggregations = Object.fromEntries(
      Object.entries(request.aggregations ?? {}).map(([name, each]) => [name, aggregate(found, each)]),
    )
    return { hits, aggregations, tookMs: performance.now() - start, ...(request.trackTotal === true ? { total: found.length } : {}) }
  }

  async getByIds(names: readonly DocumentName[], signal?: AbortSignal): Promise<readonly (FoundDocument | undefined)[]> {
    this.#check(signal)
    checkLookups(names)
    return names.map((name) => {
      const found = this.#documents.get(name.id)
      return found === undefined ? undefined : { id: found.id, dataStream: found.dataStream, source: found.source }
    })
  }

  async stats(): Promise<IndexStats> {
    this.#check(undefined)
    const all = [...this.#documents.values()]
    const bytes = all.reduce((sum, { source }) => sum + Buffer.byteLength(source), 0)
    if (all.length === 0) return { documents: 0, bytes }
    const times = all.map(({ timestamp }) => timestamp).sort((a, b) => a - b)
    return { documents: all.length, bytes, oldestTimestamp: times[0] as number, newestTimestamp: times.at(-1) as number }
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #check(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted()
    if (this.#closed) throw new IndexClosedError()
  }
}

function reasonToReject({ id, source }: LogDocument): string | undefined {
  if (id === '' || Buffer.byteLength(id) > 512) return 'The id must have 1 to 512 bytes.'
  try {
    JSON.parse(source)
    return undefined
  } catch (error) {
    return `The document is not JSON: ${(error as Error).message}`
  }
}

function keyOf({ timestamp, id }: LogDocument): SortKey {
  return [timestamp, id]
}

function compare(a: SortKey, b: SortKey): number {
  if (a[0] !== b[0]) return a[0] - b[0]
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0
}

function aggregate(documents: readonly LogDocument[], aggregation: Aggregation): Bucket[] {
  const counts = new Map<Scalar, number>()
  for (const { timestamp, source } of documents) {
    const keys =
      aggregation.type === 'terms'
        ? new Set(fieldValues(JSON.parse(source), aggregation.field))
        : [Math.floor(timestamp / aggregation.intervalMs) * aggregation.intervalMs]
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const buckets = [...counts].map(([key, count]) => ({ key, count }))
  if (aggregation.type === 'date_histogram') return buckets.sort((a, b) => Number(a.key) - Number(b.key))
  return buckets.sort((a, b) => b.count - a.count || (String(a.key) < String(b.key) ? -1 : 1)).slice(0, aggregation.size)
}
