import type { ConnectionOptions } from 'node:tls'
import type { Clock } from '@millrace/stream'
import type { RecordsLost } from '@millrace/stream/local'
import type { OauthbearerProviderResponse } from 'kafkajs'
import type { Compression } from './wire/compression.ts'

/** How Kafka is told who this is. */
export type KafkaSasl =
  | { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string }
  | { readonly mechanism: 'oauthbearer'; readonly oauthBearerProvider: () => Promise<OauthbearerProviderResponse> }

export interface KafkaStreamsOptions {
  /** `host:port` each; one that answers is enough to find the others. */
  readonly brokers: readonly string[]
  /** Shown in Kafka's logs and quotas. `millrace`. */
  readonly clientId?: string
  /** TLS: true, or what `tls.connect` takes (`ca`, `cert`, `key`). */
  readonly ssl?: boolean | ConnectionOptions
  readonly sasl?: KafkaSasl
  /** Before the name of every topic and consumer group, so that several systems can share a cluster. Empty. */
  readonly topicPrefix?: string
  /** Of the topics that are made. The broker's default. */
  readonly replicationFactor?: number
  /** Compacted topic of the streams and their shards. `millrace.registry` behind the prefix. */
  readonly registryTopic?: string
  /** Compacted topic of the dead letters. `millrace.dead-letters` behind the prefix. */
  readonly deadLettersTopic?: string
  /** Compacted topic that the checkpoints are copied to, since Kafka forgets those of idle groups. `millrace.checkpoints` behind the prefix. */
  readonly checkpointsTopic?: string
  /** Compacted topic of event source mappings, settings and other small documents. `millrace.resources` behind the prefix. */
  readonly resourcesTopic?: string
  /** After so long without a sign of life a process's shards go to others. Kafka allows 6 s to 30 min unless it is set otherwise. 10 s. */
  readonly sessionTimeoutMs?: number
  /** 1 s. */
  readonly heartbeatIntervalMs?: number
  /** 3 s. */
  readonly connectionTimeoutMs?: number
  /** Of one request. 10 s. */
  readonly requestTimeoutMs?: number
  /** How long records of a put, and every other request, are tried again when Kafka is away. 15 s. */
  readonly retryTimeoutMs?: number
  /** Bytes of records that may wait to be written; past it puts are refused as `throughput-exceeded`. 32 MiB. */
  readonly pendingBytesMax?: number
  /** Of one record batch, before it is compressed; a larger record goes alone. 1 MiB. */
  readonly batchBytesMax?: number
  /** Compressed bytes that all shards of one subscriber together fetch ahead. 16 MiB. */
  readonly readAheadBytesMax?: number
  /** How long Kafka may hold a fetch while there is nothing new. 500 ms. */
  readonly fetchWaitMsMax?: number
  /** How often the registry is looked at for streams that other processes deleted. 5 s. */
  readonly registryIntervalMs?: number
  /**
   * How long a process puts records by a shard map without reading it again; whoever splits or merges shards waits for so long. The same in every process. 2 s.
   */
  readonly shardMapLeaseMs?: number
  /** How often resources are looked at for changes of other processes. 1 s. */
  readonly resourcesIntervalMs?: number
  /** How often checkpoints are copied. 5 s. */
  readonly mirrorIntervalMs?: number
  /** Of what is put; anything can be read. `zstd`. */
  readonly compression?: Compression
  readonly clock?: Clock
  readonly random?: () => number
  /** Draws what tells a stream from its namesakes. Lower-case letters and digits. */
  readonly newIncarnation?: () => string
  /** Called when records were gone before a consumer settled them. */
  readonly onRecordsLost?: (event: RecordsLost) => void
  /** What the operator should know, in a sentence. */
  readonly onWarning?: (message: string) => void
}
