import type { AssignedShard, RecordSource, StreamClosedError, StreamGoneError, SubscribeOptions } from '@millrace/stream'
import type { KafkaContext } from '../kafka-context.ts'
import type { KafkaShard } from '../topics/stream-layout.ts'

export interface SubscriptionOptions {
  readonly context: KafkaContext
  readonly topic: string
  readonly streamName: string
  readonly consumer: string
  readonly groupId: string
  readonly shards: readonly { readonly shard: KafkaShard; readonly source: RecordSource }[]
  readonly subscribe: SubscribeOptions
  /** Throws if the stream is gone or closed. */
  readonly assertThere: () => Promise<void>
}
export class Subscription {
  constructor(_options: SubscriptionOptions) {}
  async *run(_signal: AbortSignal): AsyncGenerator<AssignedShard, void> {}
  async end(_error: StreamGoneError | StreamClosedError): Promise<void> {}
}
