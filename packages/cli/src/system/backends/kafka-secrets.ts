import { readFile } from 'node:fs/promises'
import type { KafkaAccess } from '@millrace/event-source-mapper'
import type { KafkaTopicsOptions } from '@millrace/stream-kafka'

/** What a mapping's `SourceAccessConfigurations` point to, as connections to Kafka take it. Rejects with an error that names the place, never its content. */
export async function kafkaSecrets(
  access: readonly KafkaAccess[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Pick<KafkaTopicsOptions, 'ssl' | 'sasl'>> {
  const options: { ssl?: NonNullable<KafkaTopicsOptions['ssl']>; sasl?: NonNullable<KafkaTopicsOptions['sasl']> } = {}
  for (const { type, uri } of access) {
    if (type !== 'SERVER_ROOT_CA_CERTIFICATE')
      options.sasl = { mechanism: mechanisms[type], ...credentials(await secretAt(uri, environment), uri) }
    else options.ssl = uri === 'system' ? true : { ca: certificate(await secretAt(uri, environment), uri) }
  }
  return options
}

const mechanisms = { BASIC_AUTH: 'plain', SASL_SCRAM_256_AUTH: 'scram-sha-256', SASL_SCRAM_512_AUTH: 'scram-sha-512' } as const

async function secretAt(uri: string, environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  if (uri.startsWith('file:')) return readFile(uri.slice('file:'.length), 'utf8')
  const value = environment[uri.slice('env:'.length)]
  if (value === undefined) throw new Error(`SourceAccessConfigurations names ${uri}, and this process has no such environment variable.`)
  return value
}

/** As Lambda has it in Secrets Manager: JSON with `username` and `password`. */
function credentials(secret: string, uri: string): { readonly username: string; readonly password: string } {
  const { username, password } = parsed(secret)
  if (typeof username === 'string' && typeof password === 'string') return { username, password }
  throw new Error(`${uri} should hold {"username": "…", "password": "…"}, and does not.`)
}

/** PEM, or as Lambda has it in Secrets Manager: JSON with `certificate`. */
function certificate(secret: string, uri: string): string {
  const { certificate = secret } = parsed(secret)
  if (typeof certificate === 'string' && certificate.includes('-----BEGIN CERTIFICATE-----')) return certificate
  throw new Error(`${uri} should hold a certificate in PEM, and does not.`)
}

function parsed(secret: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(secret) ?? {}) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}
