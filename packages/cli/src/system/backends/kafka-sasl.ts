import type { KafkaSasl } from '@millrace/stream-kafka'
import { UsageError } from '../../options/usage-error.ts'
import { oauthTokens } from './oauth-tokens.ts'
import type { BackendSettings } from './open-streams.ts'

/** How Kafka is told who this is; undefined where it need not be. Throws `UsageError` when a setting is missing, or has no meaning. */
export function kafkaSasl(settings: BackendSettings): KafkaSasl | undefined {
  const {
    kafkaSasl: mechanism,
    kafkaUsername: username,
    kafkaPassword: password,
    kafkaOauthTokenUrl: tokenUrl,
    kafkaOauthScope: scope,
  } = settings
  if (mechanism === undefined) {
    if (username !== undefined || password !== undefined) throw new UsageError('--kafka-username and --kafka-password need --kafka-sasl.')
  } else if (username === undefined || password === undefined) {
    throw new UsageError(`--kafka-sasl ${mechanism} needs --kafka-username and --kafka-password.`)
  }
  if (mechanism !== 'oauthbearer' && (tokenUrl !== undefined || scope !== undefined)) {
    throw new UsageError('--kafka-oauth-token-url and --kafka-oauth-scope need --kafka-sasl oauthbearer.')
  }
  if (mechanism === undefined || username === undefined || password === undefined) return undefined
  if (mechanism !== 'oauthbearer') return { mechanism, username, password }
  if (tokenUrl === undefined) throw new UsageError('--kafka-sasl oauthbearer needs --kafka-oauth-token-url.')
  return { mechanism, oauthBearerProvider: oauthTokens({ tokenUrl, clientId: username, clientSecret: password, scope }) }
}
