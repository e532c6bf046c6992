import type { Client } from '@elastic/elasticsearch'
import type {
  DocumentName,
  DocumentOutcome,
  FoundDocument,
  IndexStats,
  LogDocuments,
  LogIndex,
  SearchRequest,
  SearchResult,
} from '@millrace/log-index'
import { ElasticsearchSink } from './bulk/elasticsearch-sink.ts'
import { checkIndexOptions } from './check-options.ts'
import { createClient, requestHeaders } from './create-client.ts'
import { ElasticsearchUnavailableError } from './errors.ts'
import { fetchAuthority } from './fetch-authority.ts'
import { defaultIndexOptions, defaultSinkOptions } from './options.ts'
import type { ElasticsearchLogIndexOptions, ElasticsearchSinkOptions } from './options.ts'
import { ElasticsearchSearch } from './search/elasticsearch-search.ts'
import { askVersion, explain } from './server-version.ts'
import { systemClock } from './system-clock.ts'
import type { IndexClock } from './system-clock.ts'
import { installTemplates } from './templates/install-templates.ts'
import { timedSignal } from './timed-signal.ts'

/** An index over Elasticsearch. */
export interface ElasticsearchLogIndex extends LogIndex {
  /** What `connectElasticsearchLogSink` needs in another thread, as plain data. */
  readonly sinkOptions: ElasticsearchSinkOptions
}

/**
 * Opens an index over a running Elasticsearch (8.14 and newer): asks for its version and puts Millrace's templates in place. Throws
 * `ElasticsearchOptionsError`, which names the option to look at, or `ElasticsearchUnavailableError` if Elasticsearch does not answer.
 */
export async function openElasticsearchLogIndex(
  options: ElasticsearchLogIndexOptions,
  clock: IndexClock = systemClock,
): Promise<ElasticsearchLogIndex> {
  checkIndexOptions(options)
  const requestTimeoutMs = options.requestTimeoutMs ?? defaultSinkOptions.requestTimeoutMs
  using timed = timedSignal(clock, requestTimeoutMs, undefined)
  let client: Client | undefined
  try {
    const trusted = await withAuthority(options, timed.signal)
    client = createClient(trusted)
    const compatibleWith = await askVersion(client, trusted, timed.signal)
    if (options.installTemplates !== false) await installTemplates(client, requestHeaders(compatibleWith), trusted, timed.signal)
    return new OpenIndex(client, { ...trusted, compatibleWith }, clock)
  } catch (error) {
    await client?.close()
    if (timed.timedOut) {
      throw new ElasticsearchUnavailableError(`Elasticsearch did not answer within ${requestTimeoutMs} ms (option requestTimeoutMs).`)
    }
    throw error instanceof Error && 'retryable' in error ? error : explain(error, options)
  }
}

/** Of an authority of which only the fingerprint is given, the certificate is asked for once. */
async function withAuthority(options: ElasticsearchLogIndexOptions, signal: AbortSignal): Promise<ElasticsearchLogIndexOptions> {
  const { nodes, ca, caFingerprint, ...rest } = options
  if (caFingerprint === undefined || nodes?.[0] === undefined) return options
  return { ...rest, nodes, ca: ca ?? (await fetchAuthority(nodes[0], caFingerprint, signal)) }
}

class OpenIndex implements ElasticsearchLogIndex {
  readonly sinkOptions: ElasticsearchSinkOptions
  readonly #client: Client
  readonly #sink: ElasticsearchSink
  readonly #search: ElasticsearchSearch

  constructor(client: Client, options: ElasticsearchLogIndexOptions & { readonly compatibleWith: 8 | 9 }, clock: IndexClock) {
    const { namespace, searchRetriesMax, searchTimeoutMs, searchesPendingMax } = { ...defaultIndexOptions, ...options }
    const searchOptions = { dataStreams: `logs-*-${namespace}`, searchRetriesMax, searchTimeoutMs, searchesPendingMax }
    this.#client = client
    this.#sink = new ElasticsearchSink(client, options, clock)
    this.#search = new ElasticsearchSearch(client, requestHeaders(options.compatibleWith), searchOptions, clock)
    this.sinkOptions = sinkOptionsOf(options)
  }

  bulk(documents: LogDocuments, signal?: AbortSignal): Promise<readonly DocumentOutcome[]> {
    return this.#sink.bulk(documents, signal)
  }

  search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResult> {
    return this.#search.search(request, signal)
  }

  getByIds(names: readonly DocumentName[], signal?: AbortSignal): Promise<readonly (FoundDocument | undefined)[]> {
    return this.#search.getByIds(names, signal)
  }

  stats(): Promise<IndexStats> {
    return this.#search.stats()
  }

  async close(): Promise<void> {
    await Promise.all([this.#sink.close(), this.#search.close()])
    await this.#client.close()
  }
}

/** Leaves out what a sink has no use for, functions among it. */
function sinkOptionsOf(options: ElasticsearchLogIndexOptions): ElasticsearchSinkOptions {
  const names = [
    'nodes',
    'cloudId',
    'apiKey',
    'username',
    'password',
    'ca',
    'requestTimeoutMs',
    'compression',
    'compatibleWith',
    'bulkBytesMax',
    'repeatIndicesMax',
    'repeatLookupsMax',
  ] as const satisfies readonly (keyof ElasticsearchSinkOptions)[]
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])))
}
