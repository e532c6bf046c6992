import type { PendingBytes } from '@millrace/stream/local'
import type { KafkaClient } from './client/kafka-client.ts'
import type { KafkaNodes } from './client/kafka-nodes.ts'
import type { RetryPolicy } from './client/retry.ts'
import type { RecordWriter } from './put/record-writer.ts'
import type { ResolvedOptions } from './resolve-options.ts'
import type { CheckpointMirror } from './subscribe/checkpoint-mirror.ts'
import type { GroupOffsets } from './subscribe/group-offsets.ts'

/** What the streams of one cluster have in common. */
export interface KafkaContext {
  readonly options: ResolvedOptions
  readonly client: KafkaClient
  readonly writer: RecordWriter
  readonly pending: PendingBytes
  readonly retry: RetryPolicy
  readonly offsets: GroupOffsets
  readonly mirror: CheckpointMirror
  /** Connections of a subscriber's own: the broker may hold its requests for long. */
  readonly newNodes: () => KafkaNodes
  /** Resolves when the registry was read again: whether a topic is gone because its stream is. */
  readonly refreshRegistry: () => Promise<void>
}
