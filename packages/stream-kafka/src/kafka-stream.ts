import {
  type AssignedShard,
  ConsumerInUseError,
  InvalidQueryError,
  type PutRecord,
  type PutRefused,
  type PutResult,
  type ReadLimit,
  type ReadResult,
  type RecordSource,
  type Shard,
  type ShardLag,
  ShardNotFoundError,
  type ShardPosition,
  ShardRouter,
  type Stream,
  StreamClosedError,
  type StreamDescription,
  StreamGoneError,
  type SubscribeOptions,
} from '@millrace/stream'
import type { KafkaContext } from './kafka-context.ts'
import { retrying } from './client/retry.ts'
import { PutRequest } from './put/put-request.ts'
import { ConsumerLag } from './read/consumer-lag.ts'
import { ShardReader } from './read/shard-reader.ts'
import { topicOf } from './resolve-options.ts'
import { Subscription } from './subscribe/subscription.ts'
import type { KafkaShard, StreamLayout } from './topics/stream-layout.ts'

/** A stream over one topic. */
export class KafkaStream implements Stream {
  readonly description: StreamDescription
  readonly topic: string
  readonly #context: KafkaContext
  readonly #shards: readonly KafkaShard[]
  readonly #readers: ReadonlyMap<string, ShardReader>
  readonly #router: ShardRouter
  readonly #lags = new Map<string, ConsumerLag>()
  readonly #subscriptions = new Set<Subscription>()
  #ended: Error | undefined

  constructor(layout: StreamLayout, context: KafkaContext) {
    this.description = layout.description
    this.topic = topicOf(context.options, layout.description.name)
    this.#context = context
    this.#shards = layout.shards
    this.#router = new ShardRouter(layout.shards)
    const { client, retry } = context
    const { clock } = context.options
    this.#readers = new Map(
      layout.shards.map((shard) => [
        shard.shardId,
        new ShardReader({ client, clock, retry, topic: this.topic, shard, source: this.source(shard) }),
      ]),
    )
  }

  get name(): string {
    return this.description.name
  }

  get incarnation(): string {
    return this.description.incarnation
  }

  /** Consumer groups of this incarnation begin so: one of the same name begins anew. */
  get groupPrefix(): string {
    return `${this.#context.options.topicPrefix}millrace.${this.name}.${this.incarnation}.`
  }

  source({ shardId, index, createdTimestamp }: KafkaShard): RecordSource {
    return { streamName: this.name, incarnation: this.incarnation, shard: { shardId, index, createdTimestamp } }
  }

  async shards(): Promise<readonly Shard[]> {
    this.#assertOpen()
    return this.#shards
  }

  async put(records: readonly PutRecord[]): Promise<readonly PutResult[]> {
    this.#assertOpen()
    const { pending, writer, options } = this.#context
    const request = new PutRequest(records, {
      topic: this.topic,
      sliceBytesMax: options.batchBytesMax,
      pressure: pending.refusal,
      route: (record) => this.#router.route(record.partitionKey, record.explicitHashKey),
      partitionOf: (shard) => (shard as KafkaShard).partition,
      reserve: (bytes) => pending.reserve(bytes),
      release: (bytes) => pending.release(bytes),
      gone: () => this.#goneRefusal(),
    })
    writer.put(request.slices)
    const results = await request.results
    if (results.some((result) => !result.accepted && result.reason === 'internal')) await this.#assertThere()
    return results
  }

  async read(shardId: string, from: ShardPosition, limit: ReadLimit, signal?: AbortSignal): Promise<ReadResult> {
    this.#assertOpen()
    signal?.throwIfAborted()
    if (!(limit.recordsMax >= 1)) throw new InvalidQueryError(`recordsMax must be at least 1; ${limit.recordsMax} is not.`)
    const reader = this.#readers.get(shardId)
    if (reader === undefined) throw new ShardNotFoundError(this.name, shardId)
    return this.#unlessEnded(() => reader.read(from, limit, signal))
  }

  async *subscribe(consumer: string, options: SubscribeOptions, signal: AbortSignal): AsyncGenerator<AssignedShard, void> {
    this.#assertOpen()
    for (const name of ['batchRecordsMax', 'batchBytesMax'] as const) {
      if (!(options[name] >= 1)) throw new InvalidQueryError(`${name} must be at least 1; ${options[name]} is not.`)
    }
    if (signal.aborted) return
    const subscription = new Subscription({
      context: this.#context,
      topic: this.topic,
      streamName: this.name,
      consumer,
      groupId: this.groupPrefix + consumer,
      shards: this.#shards.map((shard) => ({ shard, source: this.source(shard) })),
      subscribe: options,
      assertThere: () => this.#assertThere(),
    })
    this.#subscriptions.add(subscription)
    try {
      yield* subscription.run(signal)
    } finally {
      this.#subscriptions.delete(subscription)
    }
  }

  async lag(consumer: string): Promise<readonly ShardLag[]> {
    this.#assertOpen()
    let lag = this.#lags.get(consumer)
    if (lag === undefined) {
      lag = new ConsumerLag(this.#context, this.topic, this.groupPrefix + consumer, this.#shards)
      this.#lags.set(consumer, lag)
    }
    const found = lag
    return this.#unlessEnded(() => found.read())
  }

  isSubscribed(consumer: string): boolean {
    return [...this.#subscriptions].some((subscription) => subscription.isMemberFor(consumer))
  }

  async hasSubscribers(consumer: string): Promise<boolean> {
    this.#assertOpen()
    const { offsets, retry } = this.#context
    return this.#unlessEnded(() => retrying(retry, () => offsets.hasMembers(this.groupPrefix + consumer)))
  }

  async forgetConsumer(consumer: string): Promise<void> {
    if (await this.hasSubscribers(consumer)) throw new ConsumerInUseError(consumer)
    const { mirror, offsets, retry } = this.#context
    const groupId = this.groupPrefix + consumer
    await retrying(retry, () => offsets.deleteGroup(groupId))
    await mirror.forget(`${groupId}/`)
    this.#lags.delete(consumer)
  }

  /** Takes everything back; whoever uses the stream gets the error from now on. What was put already is still written, unless the stream is gone. */
  async end(error: StreamGoneError | StreamClosedError): Promise<void> {
    if (this.#ended !== undefined) return
    this.#ended = error
    if (error instanceof StreamGoneError) this.#context.writer.forget(this.topic, this.#goneRefusal() as PutRefused)
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.end(error)))
  }

  #goneRefusal(): PutRefused | undefined {
    if (!(this.#ended instanceof StreamGoneError)) return undefined
    return { accepted: false, retryable: false, reason: 'internal', message: this.#ended.message }
  }

  async #unlessEnded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      await this.#assertThere()
      throw error
    }
  }

  /** After a failure: throws if its reason is that the stream is gone, maybe by another process. */
  async #assertThere(): Promise<void> {
    this.#assertOpen()
    await this.#context.refreshRegistry().catch(() => {})
    this.#assertOpen()
  }

  #assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended
  }
}
