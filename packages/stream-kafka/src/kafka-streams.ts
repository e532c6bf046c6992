import { type DestinationWriter, InvalidDestinationError } from '@millrace/function'
import {
  assertRetention,
  assertStreamName,
  assertStreamSettings,
  assertTargetShardCount,
  type DeadLetterStore,
  InvalidStreamError,
  mergeStep,
  type ReshardStep,
  type ResourceStore,
  scalingSteps,
  type Shard,
  splitStep,
  type Stream,
  StreamClosedError,
  type StreamDescription,
  StreamExistsError,
  StreamGoneError,
  StreamNotFoundError,
  type StreamRegistry,
  type StreamSettings,
} from '@millrace/stream'
import { TopicDestination } from './destination/topic-destination.ts'
import type { KafkaContext } from './kafka-context.ts'
import { KafkaStream } from './kafka-stream.ts'
import type { Caretaker } from './reshard/caretaker.ts'
import type { Resharder } from './reshard/resharder.ts'
import { topicOf } from './resolve-options.ts'
import type { KafkaResources } from './topics/kafka-resources.ts'
import type { StreamBuilder } from './topics/stream-builder.ts'
import { type KafkaShard, type StreamLayout, statusOf } from './topics/stream-layout.ts'
import type { StreamTable } from './topics/stream-table.ts'

export interface KafkaStreamsParts {
  readonly context: KafkaContext
  readonly table: StreamTable
  readonly builder: StreamBuilder
  readonly resharder: Resharder
  readonly caretaker: Caretaker
  readonly deadLetters: DeadLetterStore
  readonly resources: KafkaResources
  /** Closes the connections. */
  readonly disconnect: () => Promise<void>
}

/** The streams of one Kafka cluster, which any number of processes share. */
export class KafkaStreams implements StreamRegistry {
  readonly deadLetters: DeadLetterStore
  readonly resources: ResourceStore
  /** Resolves when Kafka refuses this process for good: its credentials were taken back, or a newer Millrace has moved in. */
  readonly failed: Promise<Error>
  readonly #parts: KafkaStreamsParts
  readonly #streams = new Map<string, KafkaStream>()
  readonly #fail: (error: Error) => void
  /** When the registry was last read. */
  #refreshedAt = 0
  #cancel: () => void = () => {}
  #tending = false
  #closed: Promise<void> | undefined

  constructor(parts: (streams: { refreshRegistry(): Promise<void>; assertOpen(): void }) => KafkaStreamsParts) {
    const { promise, resolve } = Promise.withResolvers<Error>()
    this.failed = promise
    this.#fail = resolve
    this.#parts = parts({ refreshRegistry: () => this.#refresh(), assertOpen: () => this.#assertOpen() })
    this.deadLetters = this.#parts.deadLetters
    this.resources = this.#parts.resources
  }

  /** Reads the registry, and keeps looking at it. */
  async open(): Promise<void> {
    await this.#refresh()
    this.#follow()
  }

  async create(name: string, settings: StreamSettings): Promise<Stream> {
    this.#assertOpen()
    assertStreamName(name)
    assertStreamSettings(settings)
    topicOf(this.#parts.context.options, name)
    await this.#refresh()
    if (this.#layoutOf(name) !== undefined) throw new StreamExistsError(name)
    const incarnation = this.#parts.context.options.newIncarnation()
    if (!/^[a-z0-9]{1,64}$/.test(incarnation)) throw new InvalidStreamError(`"${incarnation}" cannot tell a stream from its namesakes.`)
    await this.#parts.builder.create(name, incarnation, settings)
    return this.get(name)
  }

  async get(name: string): Promise<Stream> {
    return this.#get(name)
  }

  async describe(name: string): Promise<StreamDescription> {
    this.#assertOpen()
    await this.#refresh()
    const layout = this.#parts.table.named(name).find((each) => !this.#parts.builder.isAbandoned(each))
    if (layout === undefined) throw this.#notFound(name)
    return describe(layout)
  }

  async list(): Promise<readonly StreamDescription[]> {
    this.#assertOpen()
    await this.#refresh()
    return this.#parts.table
      .all()
      .filter((layout) => !this.#parts.builder.isAbandoned(layout))
      .map(describe)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  }

  async delete(name: string): Promise<void> {
    const stream = await this.#get(name)
    const layout = this.#parts.table.get(name, stream.incarnation)
    if (layout === undefined) throw this.#notFound(name)
    await this.#parts.builder.delete(layout, stream.groupPrefix, async () => {
      this.#streams.delete(stream.incarnation)
      await stream.end(new StreamGoneError(name))
    })
  }

  /**
   * A writer of records of invocations to a topic of the same cluster, by its whole name. Throws `InvalidDestinationError` for the topics that
   * Millrace keeps its own tables in.
   */
  topicDestination(topic: string): DestinationWriter {
    this.#assertOpen()
    const { options, client, writer } = this.#parts.context
    const own = [options.registryTopic, options.checkpointsTopic, options.deadLettersTopic, options.resourcesTopic]
    if (own.includes(topic)) {
      throw new InvalidDestinationError(
        `kafka://${topic} is no destination: Millrace keeps a table of its own in that topic. Use another one.`,
      )
    }
    return new TopicDestination(client, writer, topic)
  }

  async split(name: string, shardId: string, newStartingHashKey: bigint): Promise<void> {
    await this.#reshard(name, (shards) => [splitStep(name, shards, shardId, newStartingHashKey)])
  }

  async merge(name: string, shardId: string, adjacentShardId: string): Promise<void> {
    await this.#reshard(name, (shards) => [mergeStep(name, shards, shardId, adjacentShardId)])
  }

  async scale(name: string, targetShardCount: number): Promise<void> {
    assertTargetShardCount(name, targetShardCount)
    await this.#reshard(name, (shards) => scalingSteps(shards, targetShardCount), targetShardCount)
  }

  async setRetention(name: string, retentionHours: number): Promise<void> {
    const { incarnation } = await this.#get(name)
    assertRetention(retentionHours)
    await this.#parts.resharder.setRetention({ name, incarnation }, retentionHours)
  }

  /** Resolves when Kafka has answered what streams there are. */
  async ping(): Promise<void> {
    this.#assertOpen()
    await this.#refresh()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const { context, resources, disconnect } = this.#parts
    this.#cancel()
    resources.end(new StreamClosedError())
    await Promise.all([...this.#streams.values()].map((stream) => stream.end(new StreamClosedError())))
    await context.mirror.flush().catch((error: unknown) => context.options.onWarning(`Checkpoints were not copied: ${String(error)}`))
    await context.writer.idle()
    await disconnect()
  }

  async #reshard(name: string, steps: (shards: readonly Shard[]) => readonly ReshardStep[], target?: number): Promise<void> {
    const { incarnation } = await this.#get(name)
    await this.#parts.resharder.reshard({ name, incarnation }, steps, target)
  }

  async #get(name: string): Promise<KafkaStream> {
    this.#assertOpen()
    // The registry is looked at regularly, and when a stream's topic is not there: one that was there lately needs no further look.
    const { clock, registryIntervalMs } = this.#parts.context.options
    const known = this.#layoutOf(name) !== undefined && clock.now() - this.#refreshedAt < 2 * registryIntervalMs
    if (!known) await this.#refresh()
    this.#assertOpen()
    const layout = this.#layoutOf(name)
    if (layout === undefined) throw this.#notFound(name)
    const { incarnation } = layout.description
    let stream = this.#streams.get(incarnation)
    if (stream === undefined) {
      const host = {
        forward: (of: KafkaStream, { index }: KafkaShard, position: number) => this.#parts.resharder.forward(of, index, position),
      }
      stream = new KafkaStream(layout, this.#parts.context, host, this.#refreshedAt)
      this.#streams.set(incarnation, stream)
    }
    return stream
  }

  #layoutOf(name: string): ReturnType<StreamTable['ready']>[number] | undefined {
    return this.#parts.table.named(name).find(({ state }) => state === 'ready')
  }

  #notFound(name: string): StreamNotFoundError {
    const names = this.#parts.table.ready().map(({ description }) => description.name)
    return new StreamNotFoundError(name, names.toSorted())
  }

  /** Streams that another process has deleted end here as well. */
  async #refresh(): Promise<void> {
    const { clock } = this.#parts.context.options
    const begunAt = clock.now()
    await this.#parts.table.refresh()
    this.#refreshedAt = begunAt
    for (const [incarnation, stream] of this.#streams) {
      const layout = this.#parts.table.get(stream.name, incarnation)
      if (layout?.state === 'ready') {
        stream.update(layout, begunAt)
        continue
      }
      this.#streams.delete(incarnation)
      // Not awaited: whoever noticed may be part of what ends.
      stream.end(new StreamGoneError(stream.name)).catch(() => {})
    }
  }

  #follow(): void {
    const { clock, registryIntervalMs } = this.#parts.context.options
    this.#cancel = clock.schedule(registryIntervalMs, () => {
      this.#refresh()
        .then(() => this.#tend())
        .catch((error: unknown) => {
          // What may pass is met by whoever needs the registry; what does not is the end.
          if (error instanceof Error && 'retryable' in error && error.retryable === false && this.#closed === undefined) this.#fail(error)
        })
        .finally(() => {
          if (this.#closed === undefined) this.#follow()
        })
    })
  }

  /** Not awaited: the registry is followed meanwhile. */
  #tend(): void {
    if (this.#tending) return
    this.#tending = true
    this.#parts.caretaker
      .tend()
      .catch((error: unknown) => {
        if (this.#closed === undefined) this.#parts.context.options.onWarning(`A change of shards waits to be finished: ${String(error)}`)
      })
      .finally(() => {
        this.#tending = false
      })
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new StreamClosedError()
  }
}

function describe(layout: StreamLayout): StreamDescription {
  return { ...layout.description, status: statusOf(layout) }
}
