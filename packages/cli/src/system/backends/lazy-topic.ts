import {
  type AssignedShard,
  type KafkaSource,
  type PutRecord,
  type PutResult,
  type ReadLimit,
  type ReadResult,
  type Shard,
  type ShardLag,
  type ShardPosition,
  type Stream,
  StreamError,
  type SubscribeOptions,
} from '@millrace/stream'

/** The topic cannot be opened, for whatever reason. Not retryable, so that the mapping tells of it, and is begun anew after a while. */
class TopicUnavailableError extends StreamError {
  readonly retryable = false
}

/** A topic that is opened when it is used: a Kafka of others must not keep a mapping from being made, told of, or deleted. */
export class LazyTopic implements Stream {
  readonly name: string
  readonly kafka: KafkaSource
  readonly #open: () => Promise<Stream>
  /** As it was opened last. */
  #stream: Stream | undefined

  constructor(name: string, kafka: KafkaSource, open: () => Promise<Stream>) {
    this.name = name
    this.kafka = kafka
    this.#open = open
  }

  /** Empty before it was opened. */
  get incarnation(): string {
    return this.#stream?.incarnation ?? ''
  }

  async shards(): Promise<readonly Shard[]> {
    return (await this.#opened()).shards()
  }

  async put(records: readonly PutRecord[]): Promise<readonly PutResult[]> {
    return (await this.#opened()).put(records)
  }

  async read(shardId: string, from: ShardPosition, limit: ReadLimit, signal?: AbortSignal): Promise<ReadResult> {
    return (await this.#opened()).read(shardId, from, limit, signal)
  }

  async *subscribe(consumer: string, options: SubscribeOptions, signal: AbortSignal): AsyncGenerator<AssignedShard, void> {
    yield* (await this.#opened()).subscribe(consumer, options, signal)
  }

  async lag(consumer: string): Promise<readonly ShardLag[]> {
    return (await this.#opened()).lag(consumer)
  }

  isSubscribed(consumer: string): boolean {
    return this.#stream?.isSubscribed(consumer) ?? false
  }

  async hasSubscribers(consumer: string): Promise<boolean> {
    return (await this.#opened()).hasSubscribers(consumer)
  }

  async forgetConsumer(consumer: string): Promise<void> {
    return (await this.#opened()).forgetConsumer(consumer)
  }

  /** Whoever opens it anew gets the same, for as long as it is there. */
  async #opened(): Promise<Stream> {
    try {
      this.#stream = await this.#open()
      return this.#stream
    } catch (error) {
      throw new TopicUnavailableError(error instanceof Error ? error.message : String(error), { cause: error })
    }
  }
}
