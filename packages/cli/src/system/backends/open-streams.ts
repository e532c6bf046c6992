import { readFile } from 'node:fs/promises'
import type { DestinationWriter } from '@millrace/function'
import type { DeadLetterStore, ResourceStore, StreamRegistry } from '@millrace/stream'
import type { KafkaStreamsOptions } from '@millrace/stream-kafka'
import type { backendOptions } from '../../options/backends.ts'
import type { OptionValues } from '../../options/option.ts'
import { kafkaSasl } from './kafka-sasl.ts'
import { namingSettings } from './name-settings.ts'

export type BackendSettings = OptionValues<typeof backendOptions>

/** Streams and dead letters of one backend. */
export type Streams = StreamRegistry & {
  readonly deadLetters: DeadLetterStore
  /** Mappings, settings and other documents that are changed while the system runs. */
  readonly resources: ResourceStore
  /** Records of invocations to a topic of the same Kafka, where there is one. Throws `InvalidDestinationError`. */
  topicDestination?(topic: string): DestinationWriter
  /** Resolves with the reason when a part has failed that only a new process mends. */
  readonly failed: Promise<Error>
  /** Resolves when what keeps the streams has answered. */
  ping(): Promise<void>
}

/** Opens the streams: over Kafka where brokers are given, else in the data directory. A backend's code is loaded only if it is used. */
export async function openStreams(settings: BackendSettings, dataDirectory: string, warn: (message: string) => void): Promise<Streams> {
  if (settings.kafka.length === 0) {
    const { openSqliteStreams } = await import('@millrace/stream-sqlite')
    return openSqliteStreams({
      directory: dataDirectory,
      pendingBytesMax: 8 * 1024 * 1024,
      onRecordsLost: (event) => warn(`records were lost to retention before they were handled: ${JSON.stringify(event)}`),
    })
  }
  const { openKafkaStreams } = await import('@millrace/stream-kafka')
  const ca = settings.kafkaCa === undefined ? undefined : await readFile(settings.kafkaCa, 'utf8')
  const sasl = kafkaSasl(settings)
  const kafka = {
    brokers: settings.kafka,
    ...(settings.kafkaTls || ca !== undefined ? { ssl: ca === undefined ? true : { ca } } : {}),
    ...(sasl === undefined ? {} : { sasl }),
    ...(settings.kafkaTopicPrefix === undefined ? {} : { topicPrefix: settings.kafkaTopicPrefix }),
    ...(settings.kafkaReplicationFactor === undefined ? {} : { replicationFactor: settings.kafkaReplicationFactor }),
    onWarning: warn,
    onRecordsLost: (event) => warn(`records were lost to retention before they were handled: ${JSON.stringify(event)}`),
  } satisfies KafkaStreamsOptions
  return namingSettings('brokers', () => openKafkaStreams(kafka))
}
