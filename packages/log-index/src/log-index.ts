/** One ECS document on its way into an index. */
export interface LogDocument {
  /** Follows from the record alone, so that a repeat is the same document: see `recordId` of the stream. */
  readonly id: string
  /** Data stream, e.g. `logs-nginx.access-default`: see `dataStreamName`. */
  readonly dataStream: string
  /** `@timestamp`, milliseconds since the epoch. */
  readonly timestamp: number
  /** The document as JSON text: an ECS object with nested fields, serialised once. */
  readonly source: string
  /**
   * Whether an earlier attempt may have written the document already: true for the records in the window of a shard that has just been assigned, for
   * records that are tried again, and for redriven ones. An index whose `create` does not see all that was written (Elasticsearch after a rollover)
   * looks for these first; it costs a look-up, so that it is not set without a reason.
   */
  readonly maybeRepeated?: boolean
}

/**
 * Documents on their way into an index, in order. An array is such; so is what makes each document when it is asked for, so that a batch of them need not
 * exist at once. A document that is asked for again is the same.
 */
export interface LogDocuments {
  readonly length: number
  at(index: number): LogDocument | undefined
}

/** All of them at once, for an index that has to look at them more than once. */
export function allDocuments(documents: LogDocuments): readonly LogDocument[] {
  if (Array.isArray(documents)) return documents as readonly LogDocument[]
  return Array.from({ length: documents.length }, (_, index) => inOnePiece(documents.at(index) as LogDocument))
}

/**
 * Text that was put together is a tree of its pieces until someone looks into it, and a batch of such trees that waits to be written costs the garbage collector more than
 * all parsing. Of the look something has to depend: one that the compiler knows the answer of is not made.
 */
function inOnePiece(document: LogDocument): LogDocument {
  const { source } = document
  return source.charCodeAt(source.length - 1) === 0x7d ? document : { ...document }
}

/** What became of one document. The type says whether to try again. */
export type DocumentOutcome =
  /** It is in the index now: `exists` means it was there before, a repeat. */
  | { readonly status: 'created' | 'exists' }
  /** Not written, and may be later. `overload`: the index asks for less; `error`: something passing. */
  | { readonly status: 'retry'; readonly cause: 'overload' | 'error'; readonly reason: string; readonly afterMs?: number }
  /** Not written, and never will be as it is (e.g. a mapping conflict). */
  | { readonly status: 'rejected'; readonly reason: string }

/** Writes documents. */
export interface LogSink {
  /**
   * Writes the documents, `create` only, and answers one outcome per document, in order. A `created` or `exists` document survives the death of
   * the process and the machine. Rejects only when `signal` is aborted (with its reason) or the index is closed (`IndexClosedError`): everything else is an outcome.
   */
  bulk(documents: LogDocuments, signal?: AbortSignal): Promise<readonly DocumentOutcome[]>
}

/** Reads documents. */
export interface LogSearch {
  /** Throws `QuerySyntaxError` for a query that cannot be parsed. */
  search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResult>
  /**
   * The documents of these ids, in the order of the names; undefined where there is none. What was answered `created` is found at once. At most
   * `searchLimits.lookupsMax` at a time (`InvalidSearchError`).
   */
  getByIds(names: readonly DocumentName[], signal?: AbortSignal): Promise<readonly (FoundDocument | undefined)[]>
  stats(): Promise<IndexStats>
}

/** One place where documents are written and found. A document answered `created` is found by the next search (Elasticsearch: after a refresh). */
export interface LogIndex extends LogSink, LogSearch {
  /** Ends what is under way, then closes. */
  close(): Promise<void>
}

/** A document that is asked for. The data stream and the time only say where to look first: it is found wherever it is. */
export type DocumentName = Pick<LogDocument, 'id' | 'dataStream' | 'timestamp'>

export interface FoundDocument {
  readonly id: string
  readonly dataStream: string
  /** JSON text of the document. */
  readonly source: string
}

export interface SearchRequest {
  /** KQL as people type it; empty or undefined matches everything. */
  readonly query?: string
  /** `@timestamp` at or after this, milliseconds since the epoch. */
  readonly from?: number
  /** `@timestamp` before this, milliseconds since the epoch. */
  readonly to?: number
  /** Documents to return, 0 to 10,000; newest first unless `order` says otherwise. */
  readonly size: number
  readonly order?: 'desc' | 'asc'
  /** Sort key of the last document of the page before. */
  readonly searchAfter?: SortKey
  /** Count all matches, not only the returned page. `false`: `total` may be absent. */
  readonly trackTotal?: boolean
  /** By the caller's own names. */
  readonly aggregations?: Readonly<Record<string, Aggregation>>
}

/** `@timestamp` and an arbitrary but stable tie-breaker. */
export type SortKey = readonly [timestamp: number, tieBreaker: string]

export type Aggregation =
  /** The most frequent values of a field. `size` 1 to 1,000. */
  | { readonly type: 'terms'; readonly field: string; readonly size: number }
  | { readonly type: 'date_histogram'; readonly intervalMs: number }

export interface SearchResult {
  readonly hits: readonly SearchHit[]
  readonly total?: number
  readonly aggregations: Readonly<Record<string, readonly Bucket[]>>
  readonly tookMs: number
}

export interface SearchHit {
  readonly id: string
  readonly dataStream: string
  readonly sort: SortKey
  /** JSON text of the document. */
  readonly source: string
}

export interface Bucket {
  /** The value; for a date histogram the bucket's start, milliseconds since the epoch. */
  readonly key: string | number | boolean
  readonly count: number
}

export interface IndexStats {
  readonly documents: number
  readonly bytes: number
  /** `@timestamp` of the oldest and the newest document, if there is one. */
  readonly oldestTimestamp?: number
  readonly newestTimestamp?: number
}
