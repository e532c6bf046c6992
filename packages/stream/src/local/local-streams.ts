import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { DeadLetterStore } from '../dead-letters.ts'
import { InvalidStreamError, StreamClosedError, StreamExistsError, StreamGoneError, StreamNotFoundError } from '../errors.ts'
import { splitHashKeys } from '../hash-key.ts'
import type { ResourceStore } from '../resources.ts'
import { mergeStep, type ReshardStep, splitStep } from '../resharding/reshard.ts'
import { assertTargetShardCount, scalingSteps } from '../resharding/uniform-scaling.ts'
import { type Shard, shardIdOf } from '../shard.ts'
import type { Stream, StreamDescription, StreamRegistry, StreamSettings } from '../stream.ts'
import { assertRetention, assertStreamName, assertStreamSettings } from '../stream-settings.ts'
import { CommitQueue } from './commit-queue.ts'
import { LocalDeadLetters } from './local-dead-letters.ts'
import { LocalResources } from './local-resources.ts'
import type { LocalStore, StoredState, StoredStream } from './local-store.ts'
import { LocalStream, type LocalStreamContext } from './local-stream.ts'
import { PendingBytes } from './pending-bytes.ts'
import { type RecordsLost, Retention } from './retention.ts'
import { TailCache } from './tail-cache.ts'

export interface LocalStreamsOptions {
  readonly clock: Clock
  /** Bytes of records that may wait to be written; past it puts are refused as `throughput-exceeded`. */
  readonly pendingBytesMax: number
  /** Of the newest chunks of all streams, kept in memory for those who follow the tip. */
  readonly tailBytesMax: number
  /** Of what all subscribers together fetch ahead from the storage; a single chunk is always fetched. */
  readonly readAheadBytesMax: number
  readonly chunkBytesMax: number
  /** Of one transaction. */
  readonly commitBytesMax: number
  readonly retentionIntervalMs: number
  /** Called when retention took records that a consumer had not settled. */
  readonly onRecordsLost: (event: RecordsLost) => void
  /** Draws what tells a stream from its namesakes. Lower-case letters and digits. */
  readonly newIncarnation: () => string
}

export const localStreamsDefaults: Omit<LocalStreamsOptions, 'clock'> = {
  pendingBytesMax: 32 * 1024 * 1024,
  tailBytesMax: 16 * 1024 * 1024,
  readAheadBytesMax: 16 * 1024 * 1024,
  chunkBytesMax: 1024 * 1024,
  commitBytesMax: 4 * 1024 * 1024,
  retentionIntervalMs: 60_000,
  onRecordsLost: () => {},
  newIncarnation: () => randomBytes(8).toString('hex'),
}

export interface LocalUsage {
  /** Bytes that wait to be written. */
  readonly pendingBytes: number
  /** Bytes of the newest chunks that are kept in memory. */
  readonly tailBytes: number
}

/** Smallest page that a subscriber fetches, however many there are. */
const pageBytesMin = 64 * 1024

/** The streams of one local store, which is this process's alone. */
export class LocalStreams implements StreamRegistry {
  readonly deadLetters: DeadLetterStore
  readonly resources: ResourceStore
  readonly #resources: LocalResources
  readonly #options: LocalStreamsOptions
  readonly #context: LocalStreamContext
  readonly #tail: TailCache
  readonly #retention: Retention
  readonly #streams = new Map<string, LocalStream>()
  /** Streams whose creation is under way, by name. */
  readonly #creating = new Map<string, StoredStream>()
  #nextShardKey: number
  #closed: Promise<void> | undefined

  constructor(store: LocalStore, state: StoredState, options: LocalStreamsOptions) {
    this.#options = options
    this.#tail = new TailCache(options.tailBytesMax)
    const now = (): number => options.clock.now()
    const queue = new CommitQueue(store, options, now, (shard, chunk) => this.#tail.add(shard, chunk))
    const pending = new PendingBytes(options.pendingBytesMax)
    const cursors = { store, pageBytesMax: () => this.#pageBytesMax() }
    this.#context = { store, queue, pending, cursors, sliceBytesMax: options.chunkBytesMax, now, newShardKey: () => this.#nextShardKey++ }
    this.deadLetters = new LocalDeadLetters(store, queue, pending, () => this.#assertOpen())
    this.#resources = new LocalResources(state, queue, () => this.#assertOpen())
    this.resources = this.#resources
    this.#nextShardKey = state.nextShardKey
    for (const stored of state.streams) this.#open(stored)
    this.#retention = new Retention({ ...options, queue, tail: this.#tail, streams: () => [...this.#streams.values()] })
  }

  async create(name: string, settings: StreamSettings): Promise<Stream> {
    this.#assertOpen()
    assertStreamName(name)
    assertStreamSettings(settings)
    if (this.#streams.has(name) || this.#creating.has(name)) throw new StreamExistsError(name)
    const stored = this.#draw(name, settings)
    this.#creating.set(name, stored)
    try {
      return await this.#context.queue.run(
        () => ({ kind: 'create-stream', stream: stored }),
        () => this.#open(stored),
      )
    } finally {
      this.#creating.delete(name)
    }
  }

  async get(name: string): Promise<Stream> {
    return this.#get(name)
  }

  async describe(name: string): Promise<StreamDescription> {
    this.#assertOpen()
    const creating = this.#creating.get(name)
    return creating === undefined ? this.#get(name).description : { ...creating.description, status: 'CREATING' }
  }

  async list(): Promise<readonly StreamDescription[]> {
    this.#assertOpen()
    const creating = [...this.#creating.values()].map(({ description }) => ({ ...description, status: 'CREATING' as const }))
    return [...this.#streams.values()]
      .map((stream) => stream.description)
      .concat(creating)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  }

  async delete(name: string): Promise<void> {
    const stream = this.#get(name)
    await stream.delete(() => this.#forget(stream))
    this.#retention.purge()
  }

  async split(name: string, shardId: string, newStartingHashKey: bigint): Promise<void> {
    await this.#reshardOnce(name, (shards) => splitStep(name, shards, shardId, newStartingHashKey))
  }

  async merge(name: string, shardId: string, adjacentShardId: string): Promise<void> {
    await this.#reshardOnce(name, (shards) => mergeStep(name, shards, shardId, adjacentShardId))
  }

  async scale(name: string, targetShardCount: number): Promise<void> {
    const stream = this.#get(name)
    assertTargetShardCount(name, targetShardCount)
    await stream.reshard((shards) => scalingSteps(shards, targetShardCount))
  }

  async setRetention(name: string, retentionHours: number): Promise<void> {
    const stream = this.#get(name)
    assertRetention(retentionHours)
    await stream.setRetention(retentionHours)
  }

  /** Removes what is older than its stream's retention now, without waiting for the next turn. */
  async enforceRetention(): Promise<void> {
    this.#assertOpen()
    await this.#retention.enforce()
  }

  /** Resolves when the thread or whatever else writes the store has answered. */
  async ping(): Promise<void> {
    this.#assertOpen()
    await this.#context.queue.run(
      () => ({ kind: 'remove-dead-letters', ids: [] }),
      () => {},
    )
  }

  usage(): LocalUsage {
    return { pendingBytes: this.#context.pending.bytes, tailBytes: this.#tail.bytes }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const { queue, store } = this.#context
    for (const stream of this.#streams.values()) stream.end(new StreamClosedError())
    this.#resources.end(new StreamClosedError())
    await this.#retention.stop()
    await queue.idle()
    await store.close()
  }

  async #reshardOnce(name: string, step: (shards: readonly Shard[]) => ReshardStep): Promise<void> {
    let taken = false
    await this.#get(name).reshard((shards) => {
      if (taken) return []
      taken = true
      return [step(shards)]
    })
  }

  #open(stored: StoredStream): LocalStream {
    const stream = new LocalStream(stored, this.#context)
    this.#streams.set(stream.name, stream)
    return stream
  }

  #forget(stream: LocalStream): void {
    this.#streams.delete(stream.name)
    stream.end(new StreamGoneError(stream.name))
    for (const shard of stream.localShards) this.#tail.drop(shard, Number.POSITIVE_INFINITY)
  }

  #draw(name: string, settings: StreamSettings): StoredStream {
    const createdTimestamp = this.#options.clock.now()
    const incarnation = this.#options.newIncarnation()
    if (!/^[a-z0-9]{1,64}$/.test(incarnation)) throw new InvalidStreamError(`"${incarnation}" cannot tell a stream from its namesakes.`)
    const { shardCount, retentionHours } = settings
    const shards = splitHashKeys(shardCount).map((range, index) => ({
      key: this.#nextShardKey++,
      shard: { shardId: shardIdOf(index), index, ...range, createdTimestamp },
      tip: 0,
      horizon: 0,
      oldestTimestamp: undefined,
      newestTimestamp: 0,
    }))
    return { description: { name, incarnation, createdTimestamp, shardCount, retentionHours }, shards, checkpoints: [] }
  }

  #get(name: string): LocalStream {
    this.#assertOpen()
    const stream = this.#streams.get(name)
    if (stream === undefined) throw new StreamNotFoundError(name, [...this.#streams.keys()].toSorted())
    return stream
  }

  #pageBytesMax(): number {
    let lanes = 1
    for (const stream of this.#streams.values()) for (const group of stream.consumers.values()) lanes += group.lanes
    // A lane holds two pages at most.
    return Math.min(this.#options.chunkBytesMax, Math.max(pageBytesMin, this.#options.readAheadBytesMax / (2 * lanes)))
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new StreamClosedError()
  }
}
