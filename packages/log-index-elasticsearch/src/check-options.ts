import { dataStreamName } from '@millrace/log-index'
import { ElasticsearchOptionsError } from './errors.ts'
import type { ElasticsearchConnectionOptions, ElasticsearchLogIndexOptions, ElasticsearchSinkOptions } from './options.ts'

/** Throws `ElasticsearchOptionsError` for options that cannot be meant, before anything is sent. */
export function checkConnectionOptions(options: ElasticsearchConnectionOptions): void {
  const { nodes, cloudId, apiKey, username, password, ca } = options
  if ((nodes === undefined || nodes.length === 0) === (cloudId === undefined)) {
    throw new ElasticsearchOptionsError(
      'nodes',
      'Give the URLs of Elasticsearch (nodes) or its cloudId: one of the two is needed, not both.',
    )
  }
  for (const node of nodes ?? []) checkUrl(node)
  if (apiKey !== undefined && username !== undefined) {
    throw new ElasticsearchOptionsError('apiKey', 'Give an apiKey, or username and password, not both.')
  }
  if ((username === undefined) !== (password === undefined)) {
    throw new ElasticsearchOptionsError('username', 'username and password belong together: one of them is missing.')
  }
  if (ca !== undefined) checkHttps('ca', options)
  checkInteger('requestTimeoutMs', options.requestTimeoutMs, 1, 600_000)
}

/** As `checkConnectionOptions`, for a sink. */
export function checkSinkOptions(options: ElasticsearchSinkOptions): void {
  checkConnectionOptions(options)
  checkInteger('bulkBytesMax', options.bulkBytesMax, 1_000, 100_000_000)
  checkInteger('bulkBytesUnderWayMax', options.bulkBytesUnderWayMax, 1_000, 10_000_000_000)
  checkInteger('repeatIndicesMax', options.repeatIndicesMax, 0, 1_000)
  checkInteger('repeatLookupsMax', options.repeatLookupsMax, 1, 100_000)
}

/** As `checkConnectionOptions`, for an index. */
export function checkIndexOptions(options: ElasticsearchLogIndexOptions): void {
  checkSinkOptions(options)
  const { namespace, retentionDays, lifecyclePolicy, ca, caFingerprint } = options
  if (caFingerprint !== undefined) {
    if (ca !== undefined)
      throw new ElasticsearchOptionsError('caFingerprint', 'Give ca or caFingerprint, not both: each says whom to trust.')
    if (!/^(?:[\da-f]{2}:?){32}$/i.test(caFingerprint)) {
      throw new ElasticsearchOptionsError('caFingerprint', `caFingerprint must be 64 hexadecimal digits (SHA-256), not "${caFingerprint}".`)
    }
    checkHttps('caFingerprint', options)
  }
  if (namespace !== undefined && dataStreamName('logs', 'x', namespace) !== `logs-x-${namespace}`) {
    const allowed = 'lower case, without blanks and any of - \\ / * ? " < > | , # :, at most 100 bytes'
    throw new ElasticsearchOptionsError('namespace', `namespace "${namespace}" cannot be part of a data stream's name: ${allowed}.`)
  }
  if (retentionDays !== undefined && lifecyclePolicy !== undefined) {
    throw new ElasticsearchOptionsError(
      'retentionDays',
      'Give retentionDays or a lifecyclePolicy, not both: the policy says what is deleted.',
    )
  }
  checkInteger('retentionDays', retentionDays, 1, 100_000)
  checkInteger('numberOfShards', options.numberOfShards, 1, 1_024)
  checkInteger('numberOfReplicas', options.numberOfReplicas, 0, 100)
  checkInteger('refreshIntervalMs', options.refreshIntervalMs, 1, 3_600_000)
  // From 100 on, a template goes before Elasticsearch's own.
  checkInteger('templatePriority', options.templatePriority, 101, 1_000_000)
  checkInteger('searchRetriesMax', options.searchRetriesMax, 0, 10)
  checkInteger('searchTimeoutMs', options.searchTimeoutMs, 1, 600_000)
  checkInteger('searchesPendingMax', options.searchesPendingMax, 1, 10_000)
}

function checkHttps(option: string, { nodes }: ElasticsearchConnectionOptions): void {
  if (nodes?.every((node) => node.startsWith('https:')) === true) return
  const addresses = nodes?.map(withoutPassword).join(', ') ?? 'those of Elastic Cloud, which need none'
  throw new ElasticsearchOptionsError(option, `${option} is for https nodes of one's own, but the nodes are: ${addresses}.`)
}

/** A node's URL as it may be shown. */
export function withoutPassword(node: string): string {
  return node.replace(/\/\/[^/@]*@/, '//')
}

function checkUrl(node: string): void {
  const url = URL.canParse(node) ? new URL(node) : undefined
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return
  throw new ElasticsearchOptionsError(
    'nodes',
    `"${withoutPassword(node)}" is not a URL of Elasticsearch (option nodes). Write it as https://host:9200.`,
  )
}

function checkInteger(option: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return
  throw new ElasticsearchOptionsError(option, `${option} must be a whole number from ${min} to ${max}, not ${value}.`)
}
