import type { Client } from '@elastic/elasticsearch'
import {
  checkLookups,
  checkSearchRequest,
  IndexClosedError,
  parseQuery,
  searchLimits,
  SearchLimitError,
  SearchUnavailableError,
} from '@millrace/log-index'
import type { DocumentName, FoundDocument, IndexStats, LogSearch, SearchHit, SearchRequest, SearchResult } from '@millrace/log-index'
import type { RequestHeaders } from '../create-client.ts'
import { describeFailure } from '../describe-failure.ts'
import type { IndexClock } from '../system-clock.ts'
import { timedSignal } from '../timed-signal.ts'
import { bucketOf } from './aggregation-dsl.ts'
import type { FieldTypes } from './field-types.ts'
import { addField, fieldsOf, fieldTypes } from './field-types.ts'
import { getDocuments } from './get-documents.ts'
import { hitsOf } from './hits.ts'
import { searchBody } from './search-body.ts'
import type { SearchAnswer } from './search-answer.ts'
import { searchFailure } from './search-failure.ts'

export interface SearchOptions {
  /** Which data streams are searched, e.g. `logs-*-default`. */
  readonly dataStreams: string
  readonly searchRetriesMax: number
  readonly searchTimeoutMs: number
  readonly searchesPendingMax: number
}

/** Reads documents from all data streams of a namespace. */
export class ElasticsearchSearch implements LogSearch {
  readonly #client: Client
  readonly #headers: RequestHeaders
  readonly #options: SearchOptions
  readonly #clock: IndexClock
  readonly #underWay = new Set<Promise<unknown>>()
  #isClosed = false

  constructor(client: Client, headers: RequestHeaders, options: SearchOptions, clock: IndexClock) {
    this.#client = client
    this.#headers = headers
    this.#options = options
    this.#clock = clock
  }

  async search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResult> {
    signal?.throwIfAborted()
    if (this.#isClosed) throw new IndexClosedError()
    checkSearchRequest(request)
    return this.#request(signal, (requestSignal) => this.#search(request, requestSignal))
  }

  async getByIds(names: readonly DocumentName[], signal?: AbortSignal): Promise<readonly (FoundDocument | undefined)[]> {
    signal?.throwIfAborted()
    if (this.#isClosed) throw new IndexClosedError()
    checkLookups(names)
    if (names.length === 0) return []
    const { dataStreams, searchRetriesMax: maxRetries } = this.#options
    return this.#request(signal, (requestSignal) =>
      getDocuments({ client: this.#client, headers: this.#headers, dataStreams, maxRetries, signal: requestSignal }, names),
    )
  }

  async stats(): Promise<IndexStats> {
    if (this.#isClosed) throw new IndexClosedError()
    return this.#request(undefined, (signal) => this.#stats(signal))
  }

  /** Refuses further searches, and waits for those under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#underWay)
  }

  async #search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult> {
    const start = this.#clock.now()
    const query = parseQuery(request.query ?? '')
    const names = new Set(fieldsOf(query))
    for (const each of Object.values(request.aggregations ?? {})) if (each.type === 'terms') addField(each.field, names)
    const types: FieldTypes = names.size === 0 ? new Map() : await this.#fieldTypes(names, signal)
    const body = searchBody(request, query, types, start)
    const answer = await this.#ask(body, signal)
    const hits = hitsOf(answer, request)
    // The documents that are skipped count for Elasticsearch's limit: of the largest pages, the end comes with another request.
    const missing = body.size === searchLimits.sizeMax && answer.hits.hits.length === body.size ? request.size - hits.length : 0
    const rest = missing > 0 ? await this.#rest(request, hits, missing, signal) : []
    const buckets = Object.entries(request.aggregations ?? {}).map(([name, aggregation]) => {
      const found = answer.aggregations?.[name]?.buckets ?? []
      return [name, found.map((bucket) => bucketOf(aggregation, types, bucket))]
    })
    return {
      hits: [...hits, ...rest],
      aggregations: Object.fromEntries(buckets) as SearchResult['aggregations'],
      tookMs: this.#clock.now() - start,
      ...(request.trackTotal === true ? { total: answer.hits.total?.value ?? 0 } : {}),
    }
  }

  async #rest(request: SearchRequest, hits: readonly SearchHit[], size: number, signal: AbortSignal): Promise<readonly SearchHit[]> {
    const { aggregations: _, trackTotal: __, ...page } = request
    const result = await this.#search({ ...page, size, searchAfter: (hits.at(-1) as SearchHit).sort }, signal)
    return result.hits
  }

  async #fieldTypes(names: ReadonlySet<string>, signal: AbortSignal): Promise<FieldTypes> {
    const { dataStreams, searchRetriesMax: maxRetries } = this.#options
    return fieldTypes(this.#client, dataStreams, names, { headers: this.#headers, signal, maxRetries })
  }

  async #ask(body: object, signal: AbortSignal): Promise<SearchAnswer> {
    const { dataStreams, searchTimeoutMs, searchRetriesMax: maxRetries } = this.#options
    const answer = await this.#client.search(
      {
        index: dataStreams,
        allow_no_indices: true,
        ignore_unavailable: true,
        // Half an answer would look like a whole one.
        allow_partial_search_results: false,
        timeout: `${searchTimeoutMs}ms`,
        ...body,
      },
      { signal, headers: this.#headers.json, maxRetries },
    )
    if (answer.timed_out) throw tooLong(searchTimeoutMs)
    return answer as unknown as SearchAnswer
  }

  async #stats(signal: AbortSignal): Promise<IndexStats> {
    const aggs = { oldest: { min: { field: '@timestamp' } }, newest: { max: { field: '@timestamp' } } }
    const { dataStreams, searchRetriesMax: maxRetries } = this.#options
    const [{ hits, aggregations }, { _all: all }] = await Promise.all([
      this.#ask({ size: 0, track_total_hits: true, aggs }, signal),
      this.#client.indices.stats(
        { index: dataStreams, metric: 'store', filter_path: ['_all.primaries.store.size_in_bytes'] },
        { signal, headers: this.#headers.json, maxRetries },
      ),
    ])
    const bytes = all?.primaries?.store?.size_in_bytes ?? 0
    const documents = hits.total?.value ?? 0
    const oldest = aggregations?.['oldest']?.value
    const newest = aggregations?.['newest']?.value
    if (documents === 0 || oldest == null || newest == null) return { documents, bytes }
    return { documents, bytes, oldestTimestamp: oldest, newestTimestamp: newest }
  }

  async #request<T>(signal: AbortSignal | undefined, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { searchesPendingMax, searchTimeoutMs } = this.#options
    if (this.#underWay.size >= searchesPendingMax) {
      throw new SearchUnavailableError(`${searchesPendingMax} searches are under way (option searchesPendingMax). Try again in a moment.`)
    }
    using timed = timedSignal(this.#clock, searchTimeoutMs + answerGraceMs, signal)
    const work = ask(timed.signal)
    this.#underWay.add(work)
    try {
      return await work
    } catch (error) {
      signal?.throwIfAborted()
      if (timed.timedOut) throw tooLong(searchTimeoutMs)
      if (error instanceof Error && 'retryable' in error) throw error
      throw searchFailure(describeFailure(error, false, searchTimeoutMs))
    } finally {
      this.#underWay.delete(work)
    }
  }
}

/** Elasticsearch ends the search itself; this much later, its answer is no longer waited for. */
const answerGraceMs = 1_000

function tooLong(searchTimeoutMs: number): SearchLimitError {
  return new SearchLimitError(
    `The search took longer than ${searchTimeoutMs} ms (option searchTimeoutMs). Narrow the time range or the query.`,
  )
}
