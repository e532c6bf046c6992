import type { PendingBytes } from '@millrace/stream/local'
import type { KafkaClient } from './client/kafka-client.ts'
import type { KafkaNodes } from './client/kafka-nodes.ts'
import type { RetryPolicy } from './client/retry.ts'
import type { RecordWriter } from './put/record-writer.ts'
import type { ResolvedOptions } from './resolve-options.ts'
import type { CheckpointMirror } from './subscribe/checkpoint-mirror.ts'
import type { GroupOffsets } from './subscribe/group-offsets.ts'

/** Where checkpoints are kept beside Kafka's committed offsets. */
export type CheckpointCopies = Pick<CheckpointMirror, 'note' | 'read' | 'place'>

/** What it takes to read topics of one cluster. */
export interface ReadingContext {
  readonly options: ResolvedOptions
  readonly client: KafkaClient
  readonly retry: RetryPolicy
  readonly offsets: GroupOffsets
  readonly mirror: CheckpointCopies
  /** Connections of a subscriber's own: the broker may hold its requests for long. */
  readonly newNodes: () => KafkaNodes
  /** Resolves when the shards are known as they are by now: whether a topic is gone because its stream is. */
  readonly refreshRegistry: () => Promise<void>
}

/** What the streams of one cluster have in common. */
export interface KafkaContext extends ReadingContext {
  readonly writer: RecordWriter
  readonly pending: PendingBytes
  readonly mirror: CheckpointMirror
}
