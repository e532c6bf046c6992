import { errors } from '@elastic/elasticsearch'
import type { Client } from '@elastic/elasticsearch'
import { requestHeaders } from './create-client.ts'
import { describeFailure } from './describe-failure.ts'
import { ElasticsearchOptionsError, ElasticsearchUnavailableError } from './errors.ts'
import type { CompatibleVersion, ElasticsearchConnectionOptions } from './options.ts'
import { withoutPassword } from './check-options.ts'

/** The oldest version that knows all settings of the templates. */
const oldest = { major: 8, minor: 14 }

/**
 * Asks the server for its version, and answers whose requests it takes. Throws `ElasticsearchOptionsError` that names the option to look at, or
 * `ElasticsearchUnavailableError` if there is no answer at present.
 */
export async function askVersion(client: Client, options: ElasticsearchConnectionOptions, signal: AbortSignal): Promise<CompatibleVersion> {
  let number: string | undefined
  try {
    number = await versionOf(client, signal)
  } catch (error) {
    throw explain(error, options)
  }
  const [major = 0, minor = 0] = (number ?? '').split('.').map(Number)
  if (!Number.isInteger(major) || major < oldest.major || (major === oldest.major && minor < oldest.minor)) {
    const needed = `Elasticsearch ${oldest.major}.${oldest.minor} or newer is needed`
    throw new ElasticsearchOptionsError('nodes', `${addressOf(options)} is Elasticsearch ${number ?? 'of unknown version'}: ${needed}.`)
  }
  return major >= 9 ? 9 : 8
}

/** `GET /`, or where that is not let through, the node's own information. */
async function versionOf(client: Client, signal: AbortSignal): Promise<string | undefined> {
  const headers = requestHeaders(9).plain
  try {
    const { version } = await client.info({}, { signal, headers })
    return version.number
  } catch (error) {
    if (!(error instanceof errors.ResponseError) || ![400, 404, 405].includes(error.statusCode ?? 0)) throw error
    const answer = await client.nodes.info({ node_id: '_local', filter_path: ['nodes.*.version'] }, { signal, headers })
    return Object.values(answer.nodes ?? {})[0]?.version
  }
}

/** Puts a failure at the start into words, by the option that is to be looked at. */
export function explain(error: unknown, options: ElasticsearchConnectionOptions): Error {
  const { status, reason } = describeFailure(error, false, 0)
  const address = addressOf(options)
  if (error instanceof errors.ProductNotSupportedError || error instanceof errors.DeserializationError) {
    return new ElasticsearchOptionsError('nodes', `What answers at ${address} is not Elasticsearch (option nodes).`, error)
  }
  if (status === 401) {
    const who =
      options.apiKey !== undefined
        ? 'the option apiKey'
        : options.username !== undefined
          ? `the password of user "${options.username}" (options username and password)`
          : 'a request without credentials: give the option apiKey, or username and password'
    return new ElasticsearchOptionsError(
      options.apiKey === undefined ? 'password' : 'apiKey',
      `${address} refuses ${who}: ${reason}.`,
      error,
    )
  }
  if (status === 403) {
    const option = options.apiKey === undefined ? 'username' : 'apiKey'
    return new ElasticsearchOptionsError(option, `What the option ${option} stands for may not do enough at ${address}: ${reason}.`, error)
  }
  // OpenSSL ends its messages with a line of its own.
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').replace(/:? $/, '')
  if (/certificate|self-signed|unable to verify|altname/i.test(message)) {
    return new ElasticsearchOptionsError(
      'ca',
      `The certificate of ${address} is not trusted (options ca and caFingerprint): ${message}.`,
      error,
    )
  }
  if (/wrong version number|SSL|TLS|plain HTTP/i.test(message)) {
    return new ElasticsearchOptionsError(
      'nodes',
      `${address} does not speak the protocol of the URL (option nodes, http or https): ${message}.`,
      error,
    )
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 429) {
    return new ElasticsearchOptionsError('nodes', `${address} does not answer as Elasticsearch does (option nodes): ${reason}.`, error)
  }
  return new ElasticsearchUnavailableError(`${reason}. Is it running at ${address} (option nodes)?`, { cause: error })
}

function addressOf({ nodes, cloudId }: ElasticsearchConnectionOptions): string {
  return nodes === undefined ? `the deployment ${cloudId?.split(':')[0]} (option cloudId)` : nodes.map(withoutPassword).join(', ')
}
