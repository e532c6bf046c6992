import { randomBytes } from 'node:crypto'
import { InvalidStreamError, systemClock } from '@millrace/stream'
import { KafkaConfigurationError } from './client/kafka-error.ts'
import type { KafkaSasl, KafkaStreamsOptions } from './kafka-streams-options.ts'

/** Options with their defaults. */
export type ResolvedOptions = Required<Omit<KafkaStreamsOptions, 'sasl' | 'replicationFactor'>> & {
  readonly sasl: KafkaSasl | undefined
  readonly replicationFactor: number | undefined
}

const mechanisms: readonly string[] = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer']
const mebibyte = 1024 * 1024

/** Fills in the defaults. Throws `KafkaConfigurationError`, which names the option and what it was. */
export function resolveOptions(options: KafkaStreamsOptions): ResolvedOptions {
  const prefix = options.topicPrefix ?? ''
  const resolved: ResolvedOptions = {
    clientId: 'millrace',
    ssl: false,
    sasl: undefined,
    topicPrefix: prefix,
    replicationFactor: undefined,
    registryTopic: `${prefix}millrace.registry`,
    deadLettersTopic: `${prefix}millrace.dead-letters`,
    checkpointsTopic: `${prefix}millrace.checkpoints`,
    resourcesTopic: `${prefix}millrace.resources`,
    sessionTimeoutMs: 10_000,
    heartbeatIntervalMs: 1_000,
    connectionTimeoutMs: 3_000,
    requestTimeoutMs: 10_000,
    retryTimeoutMs: 15_000,
    pendingBytesMax: 32 * mebibyte,
    batchBytesMax: mebibyte,
    readAheadBytesMax: 16 * mebibyte,
    fetchWaitMsMax: 500,
    registryIntervalMs: 5_000,
    shardMapLeaseMs: 2_000,
    resourcesIntervalMs: 1_000,
    mirrorIntervalMs: 5_000,
    compression: 'zstd',
    clock: systemClock,
    random: Math.random,
    newIncarnation: () => randomBytes(8).toString('hex'),
    onRecordsLost: () => {},
    onWarning: () => {},
    ...options,
  }
  check(resolved)
  return resolved
}

const ownTopics = ['registryTopic', 'deadLettersTopic', 'checkpointsTopic', 'resourcesTopic'] as const

/** The topic of a stream. Throws `InvalidStreamError` for a name that Kafka does not take, or that is taken by Millrace's own topics. */
export function topicOf(options: ResolvedOptions, streamName: string): string {
  const topic = options.topicPrefix + streamName
  if (topic.length > 249 || topic === '.' || topic === '..') {
    throw new InvalidStreamError(
      `A stream called "${streamName}" would need the topic "${topic.slice(0, 300)}", which Kafka does not allow.`,
    )
  }
  if (ownTopics.some((name) => options[name] === topic) || topic.startsWith('__')) {
    throw new InvalidStreamError(`A stream cannot be called "${streamName}": the topic "${topic}" is in use for something else.`)
  }
  return topic
}

function check(options: ResolvedOptions): void {
  const { brokers, sasl, compression, replicationFactor } = options
  if (brokers.length === 0) throw invalid('brokers', brokers, 'at least one "host:port"')
  for (const broker of brokers) if (!/^(?:\[[^\]]+\]|[^:\s]+):\d{1,5}$/.test(broker)) throw invalid('brokers', broker, '"host:port" each')
  if (sasl !== undefined) checkSasl(sasl)
  if (!['none', 'gzip', 'zstd'].includes(compression)) throw invalid('compression', compression, '"none", "gzip" or "zstd"')
  if (!/^[a-zA-Z0-9_.-]{0,100}$/.test(options.topicPrefix)) {
    throw invalid('topicPrefix', options.topicPrefix, 'at most 100 letters, digits, and any of "_.-"')
  }
  for (const name of ownTopics) {
    if (!/^[a-zA-Z0-9_.-]{1,249}$/.test(options[name])) throw invalid(name, options[name], '1 to 249 letters, digits, and any of "_.-"')
  }
  if (replicationFactor !== undefined) checkWhole('replicationFactor', replicationFactor)
  for (const name of wholeNumbers) checkWhole(name, options[name])
  if (options.heartbeatIntervalMs * 3 > options.sessionTimeoutMs) {
    throw invalid(
      'heartbeatIntervalMs',
      options.heartbeatIntervalMs,
      `at most a third of sessionTimeoutMs, which is ${options.sessionTimeoutMs}`,
    )
  }
}

const wholeNumbers = [
  'sessionTimeoutMs',
  'heartbeatIntervalMs',
  'connectionTimeoutMs',
  'requestTimeoutMs',
  'retryTimeoutMs',
  'pendingBytesMax',
  'batchBytesMax',
  'readAheadBytesMax',
  'fetchWaitMsMax',
  'registryIntervalMs',
  'shardMapLeaseMs',
  'resourcesIntervalMs',
  'mirrorIntervalMs',
] as const

function checkSasl(sasl: KafkaSasl): void {
  if (!mechanisms.includes(sasl.mechanism)) throw invalid('sasl.mechanism', sasl.mechanism, `one of ${mechanisms.join(', ')}`)
  if (sasl.mechanism === 'oauthbearer') {
    if (typeof sasl.oauthBearerProvider !== 'function') throw invalid('sasl.oauthBearerProvider', sasl.oauthBearerProvider, 'a function')
    return
  }
  if (!sasl.username) throw invalid('sasl.username', sasl.username, 'a name')
  // Never the password itself.
  if (!sasl.password) throw new KafkaConfigurationError('The option "sasl.password" must not be empty.', ['sasl'])
}

function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw invalid(name, value, 'a whole number of 1 or more')
}

function invalid(option: string, value: unknown, wanted: string): KafkaConfigurationError {
  const shown = JSON.stringify(value) ?? String(value)
  return new KafkaConfigurationError(`The option "${option}" must be ${wanted}; ${shown.slice(0, 200)} is not.`, [
    option.split('.')[0] as keyof KafkaStreamsOptions,
  ])
}
