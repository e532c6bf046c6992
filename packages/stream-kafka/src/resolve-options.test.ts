import { InvalidStreamError } from '@millrace/stream'
import { expect, it } from 'vitest'
import { KafkaConfigurationError } from './client/kafka-error.ts'
import type { KafkaStreamsOptions } from './kafka-streams-options.ts'
import { resolveOptions, topicOf } from './resolve-options.ts'

const brokers = ['kafka-1:9092', '[::1]:9092']

/** The message that the options are refused with. */
function refusal(options: Partial<KafkaStreamsOptions>): string {
  try {
    resolveOptions({ brokers, ...options })
  } catch (error) {
    expect(error).toBeInstanceOf(KafkaConfigurationError)
    return (error as Error).message
  }
  throw new Error('The options were taken.')
}

it('puts the prefix before every topic that is not named', () => {
  const options = resolveOptions({ brokers, topicPrefix: 'team-a.', deadLettersTopic: 'letters' })
  expect(options.registryTopic).toBe('team-a.millrace.registry')
  expect(options.checkpointsTopic).toBe('team-a.millrace.checkpoints')
  expect(options.deadLettersTopic).toBe('letters')
  expect(topicOf(options, 'logs')).toBe('team-a.logs')
})

it('takes every way of telling Kafka who this is', () => {
  const oauthBearerProvider = async () => ({ value: 'token' })
  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
    const sasl = { mechanism, username: 'u', password: 'p' }
    expect(resolveOptions({ brokers, sasl }).sasl).toEqual(sasl)
  }
  expect(resolveOptions({ brokers, sasl: { mechanism: 'oauthbearer', oauthBearerProvider } }).sasl).toMatchObject({ oauthBearerProvider })
})

it('names the option that does not fit, and what it was', () => {
  expect(refusal({ brokers: [] })).toMatch(/"brokers"/)
  expect(refusal({ brokers: ['kafka'] })).toMatch(/"brokers".*"kafka"/)
  expect(refusal({ sasl: { mechanism: 'md5' as 'plain', username: 'u', password: 'p' } })).toMatch(/"sasl.mechanism".*md5/)
  expect(refusal({ sasl: { mechanism: 'plain', username: '', password: 'secret' } })).toMatch(/"sasl.username"/)
  expect(refusal({ sasl: { mechanism: 'plain', username: 'u', password: '' } })).toMatch(/"sasl.password"/)
  expect(refusal({ compression: 'lz4' as 'zstd' })).toMatch(/"compression".*"lz4"/)
  expect(refusal({ topicPrefix: 'a b' })).toMatch(/"topicPrefix".*"a b"/)
  expect(refusal({ pendingBytesMax: 0 })).toMatch(/"pendingBytesMax".*0/)
  expect(refusal({ heartbeatIntervalMs: 5_000 })).toMatch(/"heartbeatIntervalMs".*10000/)
  expect(refusal({ replicationFactor: 1.5 })).toMatch(/"replicationFactor".*1.5/)
})

it('refuses names of streams whose topics are taken or impossible', () => {
  const options = resolveOptions({ brokers })
  for (const name of ['.', '..', 'millrace.registry', 'millrace.dead-letters', '__consumer_offsets']) {
    expect(() => topicOf(options, name), name).toThrow(InvalidStreamError)
  }
})
