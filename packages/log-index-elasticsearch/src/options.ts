/** How Elasticsearch is reached. All of it is plain data: it can be sent to a worker thread. */
export interface ElasticsearchConnectionOptions {
  /** URLs of the nodes, e.g. `https://es-1:9200`. Give these or `cloudId`. */
  readonly nodes?: readonly string[]
  /** Elastic Cloud's own address of a deployment. */
  readonly cloudId?: string
  /** API key, base64 as Elasticsearch and Kibana show it. Give this, or `username` and `password`, or nothing. */
  readonly apiKey?: string
  readonly username?: string
  readonly password?: string
  /** Certificates of the authorities that the nodes' certificates are from, PEM. Only for https. */
  readonly ca?: string
  /**
   * A request that takes longer is given up. Default 8 s. Must be shorter than what it takes until another process takes over a shard (the
   * consumer group's session time-out, 10 s), so that a bulk does not outlive its owner.
   */
  readonly requestTimeoutMs?: number
  /** Whether bodies are compressed on the way: less network for more CPU. Default false. */
  readonly compression?: boolean
}

/** Options of the writing side. Plain data, made to be sent to a worker thread. */
export interface ElasticsearchSinkOptions extends ElasticsearchConnectionOptions {
  /** Elasticsearch's major version as far as requests differ. Asked for on the first bulk if left out. */
  readonly compatibleWith?: CompatibleVersion
  /** Bytes of a request from which on a bulk is divided. Default 5 MB. A larger document goes alone. */
  readonly bulkBytesMax?: number
  /**
   * Bytes of the bodies that are under way; while there are as many, no further one is made. Default 16 MB: as many bulks of the default size as it takes to keep a node busy.
   * Over by one bulk at most.
   */
  readonly bulkBytesUnderWayMax?: number
  /** Former backing indices of a data stream, newest first, that are looked through for repeats. Default 10. */
  readonly repeatIndicesMax?: number
  /** Documents that one request looks for in one index. Default 10,000. */
  readonly repeatLookupsMax?: number
}

export interface ElasticsearchLogIndexOptions extends ElasticsearchSinkOptions {
  /**
   * SHA-256 fingerprint of the authority's certificate, as Elasticsearch prints it on its first start, instead of `ca`: the certificate is asked for when
   * the index is opened. Only for https.
   */
  readonly caFingerprint?: string
  /** The last part of the data streams' names, `logs-<dataset>-<namespace>`: the templates and searches cover this one. Default `default`. */
  readonly namespace?: string
  /** Index mode of new backing indices. Default `standard`; `logsdb` takes less disk and more CPU, and gives documents back in another form. */
  readonly indexMode?: 'standard' | 'logsdb'
  /** Default: Elasticsearch's own, 1. */
  readonly numberOfShards?: number
  /** Default: Elasticsearch's own, 1. */
  readonly numberOfReplicas?: number
  /** How often what was written becomes visible to searches. Default: Elasticsearch's own, 1 s while somebody searches. */
  readonly refreshIntervalMs?: number
  /** Days that documents are kept, by the data streams' own lifecycle. Default: for ever. */
  readonly retentionDays?: number
  /** Name of an ILM policy that there is already, instead of the data streams' own lifecycle. */
  readonly lifecyclePolicy?: string
  /** Priority of the index template. Default 150: above Elasticsearch's own for `logs-*-*`, below those of Elastic Agent's integrations. */
  readonly templatePriority?: number
  /** Whether templates are installed when the index is opened. Default true. */
  readonly installTemplates?: boolean
  /** Repeats of a search after a failed connection, on another node if there is one. Default 2. Bulks are never repeated here. */
  readonly searchRetriesMax?: number
  /** A search that takes longer is ended with `SearchLimitError`. Default 30 s. */
  readonly searchTimeoutMs?: number
  /** Searches under way; further ones are refused. Default 64. */
  readonly searchesPendingMax?: number
  /** Called with what a person should know, such as a template that is left as its owner made it. */
  readonly onWarning?: (message: string) => void
}

/** Which version's requests are spoken: a server of version 8 does not take those of 9. */
export type CompatibleVersion = 8 | 9

export const defaultSinkOptions: {
  readonly requestTimeoutMs: number
  readonly bulkBytesMax: number
  readonly bulkBytesUnderWayMax: number
  readonly repeatIndicesMax: number
  readonly repeatLookupsMax: number
} = {
  requestTimeoutMs: 8_000,
  bulkBytesMax: 5_000_000,
  bulkBytesUnderWayMax: 16_000_000,
  repeatIndicesMax: 10,
  repeatLookupsMax: 10_000,
}

export const defaultIndexOptions: {
  readonly namespace: string
  readonly indexMode: 'standard' | 'logsdb'
  readonly templatePriority: number
  readonly searchRetriesMax: number
  readonly searchTimeoutMs: number
  readonly searchesPendingMax: number
} = {
  namespace: 'default',
  indexMode: 'standard',
  templatePriority: 150,
  searchRetriesMax: 2,
  searchTimeoutMs: 30_000,
  searchesPendingMax: 64,
}
