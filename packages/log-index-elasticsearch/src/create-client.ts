import { Client } from '@elastic/elasticsearch'
import type { ClientOptions } from '@elastic/elasticsearch'
import { AnswerSerializer } from './answer-serializer.ts'
import type { CompatibleVersion, ElasticsearchConnectionOptions } from './options.ts'

/** A client that does one request per call: whoever asks decides about repeating it, and about how long it may take. */
export function createClient(options: ElasticsearchConnectionOptions): Client {
  const { nodes, cloudId, apiKey, username, password, ca } = options
  const clientOptions: ClientOptions = {
    ...(cloudId === undefined ? { nodes: [...(nodes ?? [])] } : { cloud: { id: cloudId } }),
    ...(apiKey === undefined ? {} : { auth: { apiKey } }),
    ...(username === undefined || password === undefined ? {} : { auth: { username, password } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    compression: options.compression ?? false,
    Serializer: AnswerSerializer,
    maxRetries: 0,
    enableMetaHeader: false,
  }
  return new Client(clientOptions)
}

export interface RequestHeaders {
  readonly json: Record<string, string>
  readonly bulk: Record<string, string>
  /** Understood by any version: for asking which it is. */
  readonly plain: Record<string, string>
}

/** Headers that say in which version's form a request is, and its answer is to be. */
export function requestHeaders(version: CompatibleVersion): RequestHeaders {
  const json = `application/vnd.elasticsearch+json; compatible-with=${version}`
  return {
    json: { accept: json, 'content-type': json },
    bulk: { accept: json, 'content-type': `application/vnd.elasticsearch+x-ndjson; compatible-with=${version}` },
    plain: { accept: 'application/json', 'content-type': 'application/json' },
  }
}
