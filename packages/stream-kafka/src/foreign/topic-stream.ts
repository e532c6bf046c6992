import {
  type AssignedShard,
  ConsumerInUseError,
  InvalidQueryError,
  type KafkaSource,
  type PutRecord,
  type PutResult,
  type ReadLimit,
  type ReadResult,
  type RecordSource,
  type Shard,
  type ShardLag,
  ShardNotFoundError,
  type ShardPosition,
  shardIdOf,
  splitHashKeys,
  type Stream,
  type StreamClosedError,
  StreamGoneError,
  type SubscribeOptions,
} from '@millrace/stream'
import { KafkaError } from '../client/kafka-error.ts'
import { pause, retrying } from '../client/retry.ts'
import type { ReadingContext } from '../kafka-context.ts'
import { ConsumerLag } from '../read/consumer-lag.ts'
import { ShardReader } from '../read/shard-reader.ts'
import { startsOf } from '../subscribe/consumer-places.ts'
import { Subscription } from '../subscribe/subscription.ts'
import type { KafkaShard } from '../topics/stream-layout.ts'
import type { TopicState } from './kafka-topics.ts'
import { TopicGoneError } from './topic-errors.ts'

export interface TopicStreamOptions {
  readonly context: Omit<ReadingContext, 'refreshRegistry'>
  readonly source: KafkaSource
  /** Undefined: each consumer has a group of its own name. */
  readonly groupId: string | undefined
  readonly state: TopicState
  /** What the topic is by now; undefined where it is gone. */
  readonly look: () => Promise<TopicState | undefined>
  readonly lookIntervalMs: number
  readonly onEnded: () => void
}

/** A topic that is no stream of Millrace, read as one: a partition is a shard, an offset a position, and a checkpoint the group's committed offset. */
export class TopicStream implements Stream {
  readonly name: string
  readonly incarnation: string
  readonly kafka: KafkaSource
  readonly #options: TopicStreamOptions
  readonly #context: ReadingContext
  readonly #lags = new Map<string, ConsumerLag>()
  readonly #subscriptions = new Set<Subscription>()
  #shards: readonly KafkaShard[]
  /** Aborted when there are more partitions: whoever is subscribed is to do so anew. */
  #grown = new AbortController()
  #ended: Error | undefined

  constructor(options: TopicStreamOptions) {
    const { source, state } = options
    this.#options = options
    this.#context = { ...options.context, refreshRegistry: () => this.#lookAgain() }
    this.name = `kafka://${source.topic}`
    this.incarnation = state.incarnation
    this.kafka = source
    this.#shards = shardsOf(state.partitions)
  }

  async shards(): Promise<readonly Shard[]> {
    this.#assertOpen()
    return this.#shards
  }

  async put(records: readonly PutRecord[]): Promise<readonly PutResult[]> {
    this.#assertOpen()
    const message = `${this.name} is a topic that Millrace only reads from: write to it by Kafka's own means.`
    return records.map(() => ({ accepted: false, retryable: false, reason: 'invalid-record', message }))
  }

  async read(shardId: string, from: ShardPosition, limit: ReadLimit, signal?: AbortSignal): Promise<ReadResult> {
    this.#assertOpen()
    signal?.throwIfAborted()
    if (!(limit.recordsMax >= 1)) throw new InvalidQueryError(`recordsMax must be at least 1; ${limit.recordsMax} is not.`)
    const shard = this.#shards.find((each) => each.shardId === shardId)
    if (shard === undefined) throw new ShardNotFoundError(this.name, shardId)
    const { client, retry, options } = this.#context
    const { topic } = this.kafka
    const reader = new ShardReader({
      client,
      retry,
      clock: options.clock,
      topic,
      shard: () => shard,
      judge: () => 'pass',
      source: this.#source(shard),
    })
    return reader.read(from, limit, signal)
  }

  /** Ends also where partitions were added: subscribed to anew, it has them too. */
  async *subscribe(consumer: string, options: SubscribeOptions, signal: AbortSignal): AsyncGenerator<AssignedShard, void> {
    this.#assertOpen()
    if (signal.aborted) return
    const groupId = this.#groupOf(consumer)
    await this.#place(groupId, options.startingPosition)
    const subscription = new Subscription({
      context: this.#context,
      topic: this.kafka.topic,
      streamName: this.name,
      consumer,
      groupId,
      // Partitions are only ever added.
      map: () => ({ epoch: this.#shards.length, shards: this.#shards }),
      sourceOf: (shard) => this.#source(shard),
      judge: () => 'pass',
      subscribe: options,
      assertThere: async () => {
        await this.#lookAgain().catch(() => {})
        this.#assertOpen()
      },
    })
    this.#subscriptions.add(subscription)
    const over = new AbortController()
    // What goes wrong is met by the subscription, or at the next look.
    void this.#watch(over.signal)
    try {
      yield* subscription.run(AbortSignal.any([signal, this.#grown.signal]))
    } finally {
      over.abort()
      this.#subscriptions.delete(subscription)
    }
  }

  async lag(consumer: string): Promise<readonly ShardLag[]> {
    this.#assertOpen()
    let lag = this.#lags.get(consumer)
    if (lag === undefined) {
      lag = new ConsumerLag(this.#context, this.kafka.topic, this.#groupOf(consumer), () => this.#shards)
      this.#lags.set(consumer, lag)
    }
    return lag.read()
  }

  isSubscribed(consumer: string): boolean {
    return [...this.#subscriptions].some((subscription) => subscription.isMemberFor(consumer))
  }

  async hasSubscribers(consumer: string): Promise<boolean> {
    this.#assertOpen()
    const { offsets, retry } = this.#context
    return retrying(retry, () => offsets.hasMembers(this.#groupOf(consumer)))
  }

  /** A group that the user has named stays as it is: others may know it. */
  async forgetConsumer(consumer: string): Promise<void> {
    if (await this.hasSubscribers(consumer)) throw new ConsumerInUseError(consumer)
    const { offsets, retry } = this.#context
    if (this.#options.groupId === undefined) await retrying(retry, () => offsets.deleteGroup(consumer))
    this.#lags.delete(consumer)
  }

  /** Takes everything back; whoever is subscribed gets the error. */
  async end(error: StreamGoneError | StreamClosedError): Promise<void> {
    if (this.#ended !== undefined) return
    this.#ended = error
    this.#options.onEnded()
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.end(error)))
  }

  #groupOf(consumer: string): string {
    return this.#options.groupId ?? consumer
  }

  #source({ shardId, index, createdTimestamp }: KafkaShard): RecordSource {
    return { streamName: this.name, incarnation: this.incarnation, shard: { shardId, index, createdTimestamp }, kafka: this.kafka }
  }

  /**
   * A group that stands nowhere gets its place in every partition before anyone begins. A partition without one is then one that was added, which is read from
   * its first record. Kafka takes such a commit for as long as the group has no members; where it has, one of them has done so.
   */
  async #place(groupId: string, startingPosition: SubscribeOptions['startingPosition']): Promise<void> {
    if (startingPosition.type === 'TRIM_HORIZON') return
    const { offsets, retry } = this.#context
    const { topic } = this.kafka
    const shards = this.#shards
    const partitions = shards.map(({ partition }) => partition)
    await retrying(retry, async () => {
      if ((await offsets.fetch(groupId, topic, partitions)).size > 0) return
      const places = await startsOf({ context: this.#context, topic, groupId, shards, startingPosition })
      try {
        await offsets.commit(groupId, topic, { memberId: '', generationId: -1 }, places)
      } catch (error) {
        if (!(error instanceof KafkaError && ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS'].includes(error.type)))
          throw error
      }
    })
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { lookIntervalMs } = this.#options
    while (!signal.aborted) {
      await pause(this.#context.options.clock, lookIntervalMs, signal)
      if (!signal.aborted) await this.#lookAgain().catch(() => {})
    }
  }

  /** Takes note of what the topic is by now. Throws when it is gone. */
  async #lookAgain(): Promise<void> {
    this.#assertOpen()
    const { client } = this.#context
    const state = await this.#options.look()
    this.#assertOpen()
    if (state === undefined || state.incarnation !== this.incarnation) {
      client.forgetLeaders(this.kafka.topic)
      const error = new TopicGoneError(this.kafka.topic)
      // Not awaited: whoever noticed is part of what ends.
      this.end(error).catch(() => {})
      throw error
    }
    if (state.partitions <= this.#shards.length) return
    client.forgetLeaders(this.kafka.topic)
    this.#shards = shardsOf(state.partitions)
    const grown = this.#grown
    this.#grown = new AbortController()
    grown.abort()
  }

  #assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended
  }
}

function shardsOf(partitions: number): readonly KafkaShard[] {
  return splitHashKeys(partitions).map((range, index) => ({
    shardId: shardIdOf(index),
    index,
    partition: index,
    ...range,
    createdTimestamp: 0,
  }))
}
