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
import { ShardGate } from './put/shard-gate.ts'
import type { Marker } from './records/decode-batch.ts'
import { ConsumerLag } from './read/consumer-lag.ts'
import { ShardReader } from './read/shard-reader.ts'
import { topicOf } from './resolve-options.ts'
import { Subscription } from './subscribe/subscription.ts'
import { type KafkaShard, presentShards, statusOf, type StreamLayout } from './topics/stream-layout.ts'

/** What the registry does for a stream. */
export interface StreamHost {
  /** Has what stands behind the end of a closed shard forwarded, up to the position. */
  forward(stream: KafkaStream, shard: KafkaShard, position: number): Promise<void>
}

/** How soon the shard map is looked at again while somebody waits for what a change of shards comes to. */
const lookAgainMs = 50

/** A stream over one topic. */
export class KafkaStream implements Stream {
  readonly topic: string
  readonly #context: KafkaContext
  readonly #gate: ShardGate
  readonly #readers = new Map<string, ShardReader>()
  readonly #lags = new Map<string, ConsumerLag>()
  readonly #subscriptions = new Set<Subscription>()
  #layout: StreamLayout
  #router: ShardRouter
  #looking = false
  #ended: Error | undefined

  /** `seenAt`: when the registry had the layout. */
  constructor(layout: StreamLayout, context: KafkaContext, host: StreamHost, seenAt: number) {
    this.topic = topicOf(context.options, layout.description.name)
    this.#context = context
    this.#layout = layout
    this.#router = new ShardRouter(layout.shards)
    const { options, writer } = context
    this.#gate = new ShardGate({
      topic: this.topic,
      clock: options.clock,
      writer,
      leaseMs: options.shardMapLeaseMs,
      waitMsMax: options.retryTimeoutMs,
      refresh: context.refreshRegistry,
      forward: (shard, position) => host.forward(this, shard, position),
    })
    this.#gate.update(layout.shards, layout.update, seenAt)
  }

  get description(): StreamDescription {
    return { ...this.#layout.description, status: statusOf(this.#layout) }
  }

  get layout(): StreamLayout {
    return this.#layout
  }

  /** The layout that the registry had at that time. */
  update(layout: StreamLayout, seenAt: number): void {
    const changed = layout.epoch !== this.#layout.epoch
    if (changed) {
      this.#layout = layout
      this.#router = new ShardRouter(layout.shards)
      this.#context.client.forgetLeaders(this.topic)
    }
    this.#gate.update(this.#layout.shards, layout.update, seenAt)
    if (changed) for (const subscription of this.#subscriptions) subscription.reshaped()
  }

  get name(): string {
    return this.#layout.description.name
  }

  get incarnation(): string {
    return this.#layout.description.incarnation
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
    return this.#present()
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
      mayGo: (shard) => this.#gate.mayGo(shard),
      written: (shard, lastPosition) => this.#gate.written(shard, lastPosition),
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
    const shard = this.#shard(shardId) ?? (await this.#lookFor(shardId))
    return this.#unlessEnded(async () => {
      const result = await this.#reader(shard).read(from, limit, signal)
      if (result.endOfShard || !this.#looking) return result
      // A marker has held it up: whether the shard ends there is known by now, or soon.
      await this.#context.refreshRegistry()
      const { endingPosition } = this.#shard(shardId) ?? shard
      return { ...result, endOfShard: endingPosition !== undefined && result.nextPosition >= endingPosition }
    })
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
      map: () => ({ epoch: this.#layout.epoch, shards: this.#present() }),
      sourceOf: (shard) => this.source(shard),
      judge: (marker) => this.#judge(marker),
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
      lag = new ConsumerLag(this.#context, this.topic, this.groupPrefix + consumer, () => this.#present())
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
    if (error instanceof StreamGoneError) this.#gate.end()
    if (error instanceof StreamGoneError) this.#context.writer.forget(this.topic, this.#goneRefusal() as PutRefused)
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.end(error)))
  }

  #present(): readonly KafkaShard[] {
    return presentShards(this.#layout, this.#context.options.clock.now())
  }

  #shard(shardId: string): KafkaShard | undefined {
    return this.#present().find((shard) => shard.shardId === shardId)
  }

  /** Another process may have opened it. */
  async #lookFor(shardId: string): Promise<KafkaShard> {
    await this.#unlessEnded(() => this.#context.refreshRegistry())
    const shard = this.#shard(shardId)
    if (shard === undefined) throw new ShardNotFoundError(this.name, shardId)
    return shard
  }

  #reader(shard: KafkaShard): ShardReader {
    const { client, retry, options } = this.#context
    let reader = this.#readers.get(shard.shardId)
    if (reader === undefined) {
      reader = new ShardReader({
        client,
        clock: options.clock,
        retry,
        topic: this.topic,
        shard: () => this.#shard(shard.shardId) ?? shard,
        judge: (marker) => this.#judge(marker),
        source: this.source(shard),
      })
      this.#readers.set(shard.shardId, reader)
    }
    return reader
  }

  /** A marker of a change that is known to be over, and did not end the shard there, is passed. */
  #judge({ epoch }: Marker): 'pass' | 'hold' {
    if (this.#layout.epoch >= epoch && this.#layout.update?.epoch !== epoch) return 'pass'
    this.#lookAgain()
    return 'hold'
  }

  #lookAgain(): void {
    if (this.#looking || this.#ended !== undefined) return
    this.#looking = true
    this.#context.options.clock.schedule(lookAgainMs, () => {
      this.#context
        .refreshRegistry()
        // Kafka that is away comes back.
        .catch(() => {})
        .finally(() => {
          this.#looking = false
          for (const subscription of this.#subscriptions) subscription.reshaped()
        })
    })
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
