import { ConsumerInUseError, InvalidQueryError, ShardNotFoundError, StreamGoneError, StreamInUseError } from '../errors.ts'
import type { PutRecord, PutRefused, PutResult, StreamRecord } from '../record.ts'
import { childShards, type ReshardStep } from '../resharding/reshard.ts'
import type { Shard } from '../shard.ts'
import { ShardRouter } from '../shard-router.ts'
import type {
  AssignedShard,
  ReadLimit,
  ReadResult,
  ShardLag,
  ShardPosition,
  Stream,
  StreamDescription,
  StreamStatus,
  SubscribeOptions,
} from '../stream.ts'
import type { CommitQueue } from './commit-queue.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { LocalShard } from './local-shard.ts'
import type { ClosedShard, LocalStore, StoredDescription, StoredShard, StoredStream } from './local-store.ts'
import type { PendingBytes } from './pending-bytes.ts'
import { PutRequest } from './put-request.ts'
import { resolvePosition } from './resolve-position.ts'
import { type CursorSource, ShardCursor } from './shard-cursor.ts'
import { ShardStanding } from './shard-standing.ts'

/** What the streams of one store have in common. */
export interface LocalStreamContext {
  readonly store: LocalStore
  readonly queue: CommitQueue
  readonly pending: PendingBytes
  readonly cursors: CursorSource
  readonly sliceBytesMax: number
  now(): number
  /** A number that no shard of the store has had. */
  newShardKey(): number
}

/** A stream over a local store. */
export class LocalStream implements Stream {
  readonly #context: LocalStreamContext
  #stored: StoredDescription
  #status: StreamStatus = 'ACTIVE'
  /** The change that is under way, or was the last. */
  #changing: Promise<unknown> = Promise.resolve()
  #shards: readonly LocalShard[]
  #router: ShardRouter
  /** By the shard's index. */
  readonly #byIndex: (LocalShard | undefined)[] = []
  readonly #consumers = new Map<string, ConsumerGroup>()
  #ended: Error | undefined
  /** Deleted: what still waits to be written has no place any more. */
  #gone = false

  constructor(stored: StoredStream, context: LocalStreamContext) {
    const { name, incarnation } = stored.description
    this.#stored = stored.description
    this.#context = context
    this.#shards = stored.shards.map((shard) => new LocalShard(shard, name, incarnation))
    for (const shard of this.#shards) this.#byIndex[shard.shard.index] = shard
    this.#router = new ShardRouter(stored.shards.map(({ shard }) => shard))
    for (const consumer of new Set(stored.checkpoints.map((checkpoint) => checkpoint.consumer))) this.#consumer(consumer, stored)
  }

  get name(): string {
    return this.#stored.name
  }

  get incarnation(): string {
    return this.#stored.incarnation
  }

  get description(): StreamDescription {
    return { ...this.#stored, status: this.#status }
  }

  get localShards(): readonly LocalShard[] {
    return this.#shards
  }

  get consumers(): ReadonlyMap<string, ConsumerGroup> {
    return this.#consumers
  }

  async shards(): Promise<readonly Shard[]> {
    this.#assertOpen()
    return this.#shards.map(({ shard }) => shard)
  }

  /** Takes steps until there are none, in one transaction each round. Throws what `steps` throws, `StreamInUseError`, `StorageError`. */
  async reshard(steps: (shards: readonly Shard[]) => readonly ReshardStep[]): Promise<void> {
    await this.#change('UPDATING', async () => {
      for (;;) {
        const next = steps(this.#shards.map(({ shard }) => shard))
        if (next.length === 0) return
        await this.#take(next)
      }
    })
  }

  async setRetention(retentionHours: number): Promise<void> {
    await this.#change('UPDATING', () =>
      this.#context.queue.run(
        () => ({ kind: 'set-retention', incarnation: this.incarnation, retentionHours }),
        () => {
          this.#stored = { ...this.#stored, retentionHours }
        },
      ),
    )
  }

  /** After a change that is under way. `done` is called when the deletion is on disk: a storage which refuses leaves the stream as it was. */
  async delete(done: () => void): Promise<void> {
    while (this.#status === 'UPDATING') await this.#changing.catch(() => {})
    await this.#change('DELETING', () => this.#context.queue.run(() => ({ kind: 'delete-stream', incarnation: this.incarnation }), done))
  }

  /** Whoever has a place in a closed shard has one in its children: without the shard, nothing else would tell that the consumer is no new one. */
  async keepPlaces(parent: LocalShard): Promise<void> {
    const { shardId } = parent.shard
    const children = this.#shards.filter(({ shard }) => shard.parentShardId === shardId || shard.adjacentParentShardId === shardId)
    for (const group of this.#consumers.values()) {
      if (group.standing(parent)?.settled === undefined) continue
      for (const child of children) if (group.standing(child)?.settled === undefined) await group.standing(child)?.settle(child.horizon)
    }
  }

  /** A closed shard that has nothing left is gone. */
  forgetShard(gone: LocalShard): void {
    this.#shards = this.#shards.filter((shard) => shard !== gone)
    this.#byIndex[gone.shard.index] = undefined
    for (const group of this.#consumers.values()) group.forget(gone)
  }

  async put(records: readonly PutRecord[]): Promise<readonly PutResult[]> {
    this.#assertOpen()
    const { pending, queue, sliceBytesMax } = this.#context
    const request = new PutRequest(() => this.#goneRefusal())
    request.add(records, {
      sliceBytesMax,
      pressure: pending.refusal,
      route: (record) => this.#byIndex[this.#router.route(record.partitionKey, record.explicitHashKey).index] as LocalShard,
      reserve: (bytes) => pending.reserve(bytes),
      release: (bytes) => pending.release(bytes),
    })
    queue.put(request.slices)
    const results = await request.results
    if (this.#gone && results.some((result) => !result.accepted)) this.#assertOpen()
    return results
  }

  async read(shardId: string, from: ShardPosition, limit: ReadLimit, signal?: AbortSignal): Promise<ReadResult> {
    this.#assertOpen()
    signal?.throwIfAborted()
    if (!(limit.recordsMax >= 1)) throw new InvalidQueryError(`recordsMax must be at least 1; ${limit.recordsMax} is not.`)
    const shard = this.#shards.find((candidate) => candidate.shard.shardId === shardId)
    if (shard === undefined) throw new ShardNotFoundError(this.name, shardId)
    const { store, cursors } = this.#context
    try {
      const cursor = new ShardCursor(shard, await resolvePosition(shard, from, store), cursors, false)
      // What retention took between the resolution and the read is no loss: nobody was promised it.
      const records = await cursor.take(limit, () => {})
      signal?.throwIfAborted()
      return this.#readResult(shard, cursor.next, records)
    } catch (error) {
      this.#assertOpen()
      throw error
    }
  }

  async *subscribe(consumer: string, options: SubscribeOptions, signal: AbortSignal): AsyncGenerator<AssignedShard, void> {
    this.#assertOpen()
    yield* this.#consumer(consumer).subscribe(options, signal)
  }

  async lag(consumer: string): Promise<readonly ShardLag[]> {
    this.#assertOpen()
    const standings = this.#consumers.get(consumer)?.standings ?? this.#standings(consumer)
    return Promise.all(
      standings.map(async (standing) => {
        const { checkpoint, shard } = standing
        return standing.lag(checkpoint < shard.tip ? await this.#timestampAt(shard, checkpoint) : undefined)
      }),
    )
  }

  isSubscribed(consumer: string): boolean {
    return (this.#consumers.get(consumer)?.members ?? 0) > 0
  }

  /** This process is the only one. */
  async hasSubscribers(consumer: string): Promise<boolean> {
    this.#assertOpen()
    return this.isSubscribed(consumer)
  }

  async forgetConsumer(consumer: string): Promise<void> {
    this.#assertOpen()
    if (this.isSubscribed(consumer)) throw new ConsumerInUseError(consumer)
    // Whoever subscribes from now on begins anew.
    if (!this.#consumers.delete(consumer)) return
    await this.#context.queue.run(
      () => ({ kind: 'delete-consumer', incarnation: this.incarnation, consumer }),
      () => {},
    )
  }

  /** Takes everything back; whoever uses the stream gets the error from now on. What was put already is still written, unless the stream is gone. */
  end(error: Error): void {
    this.#ended = error
    this.#gone = error instanceof StreamGoneError
    for (const group of this.#consumers.values()) group.end(error)
  }

  #readResult(shard: LocalShard, nextPosition: number, records: readonly StreamRecord[]): ReadResult {
    const last = records.at(-1)?.approximateArrivalTimestamp ?? 0
    return {
      records,
      nextPosition,
      // Behind by less than the clock can tell is behind nevertheless: 0 is what readers take for the tip.
      millisBehindLatest: nextPosition >= shard.tip ? 0 : Math.max(1, this.#context.now() - last),
      endOfShard: shard.endsAt(nextPosition),
    }
  }

  /** One change at a time. */
  async #change(status: StreamStatus, work: () => Promise<unknown>): Promise<void> {
    this.#assertOpen()
    if (this.#status !== 'ACTIVE') throw new StreamInUseError(this.name, this.#status)
    this.#status = status
    try {
      this.#changing = work()
      await this.#changing
    } finally {
      this.#status = 'ACTIVE'
    }
  }

  /** What is put for the parents waits from when the transaction is made up until it is on disk. */
  async #take(steps: readonly ReshardStep[]): Promise<void> {
    const context = this.#context
    const parents = steps.flatMap((step) => step.parents.map(({ index }) => this.#byIndex[index] as LocalShard))
    const opened = childShards(
      this.#shards.map(({ shard }) => shard),
      steps,
      context.now(),
    ).map((shard) => ({ key: context.newShardKey(), shard, tip: 0, horizon: 0, oldestTimestamp: undefined, newestTimestamp: 0 }))
    const shardCount = this.#stored.shardCount - parents.length + opened.length
    let closed: readonly ClosedShard[] = []
    try {
      await context.queue.run(
        () => {
          for (const parent of parents) parent.closing = true
          closed = parents.map((parent) => ({
            key: parent.key,
            endingPosition: parent.tip,
            closedTimestamp: parent.arrival(context.now()),
          }))
          return { kind: 'reshard', incarnation: this.incarnation, shardCount, closed, opened }
        },
        () => {
          for (const [at, parent] of parents.entries()) parent.closed(closed[at] as ClosedShard)
          this.#stored = { ...this.#stored, shardCount }
          this.#open(opened)
        },
      )
    } finally {
      for (const parent of parents) parent.closing = false
    }
  }

  #open(opened: readonly StoredShard[]): void {
    const shards = opened.map((stored) => new LocalShard(stored, this.name, this.incarnation))
    this.#shards = [...this.#shards, ...shards]
    for (const shard of shards) this.#byIndex[shard.shard.index] = shard
    this.#router = new ShardRouter(this.#shards.map(({ shard }) => shard))
    this.#context.queue.reroute()
    for (const [consumer, group] of this.#consumers) {
      group.reshaped(shards.map((shard) => new ShardStanding(shard, consumer, this.#context.queue)))
    }
  }

  async #timestampAt(shard: LocalShard, position: number): Promise<number | undefined> {
    return shard.cached(position)?.chunk.arrivalTimestamp ?? (await this.#context.store.timestampAt(shard.key, position))
  }

  #consumer(name: string, stored?: StoredStream): ConsumerGroup {
    let group = this.#consumers.get(name)
    if (group === undefined) {
      group = new ConsumerGroup({
        standings: this.#standings(name, stored),
        cursors: this.#context.cursors,
        begin: (standing, from) => resolvePosition(standing.shard, from, this.#context.store),
      })
      this.#consumers.set(name, group)
    }
    return group
  }

  #standings(consumer: string, stored?: StoredStream): ShardStanding[] {
    const checkpoints = new Map(
      stored?.checkpoints.filter((checkpoint) => checkpoint.consumer === consumer).map((entry) => [entry.shardKey, entry]),
    )
    return this.#shards.map((shard) => new ShardStanding(shard, consumer, this.#context.queue, checkpoints.get(shard.key)))
  }

  #goneRefusal(): PutRefused | undefined {
    return this.#gone ? { accepted: false, retryable: false, reason: 'internal', message: 'The stream was deleted.' } : undefined
  }

  #assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended
  }
}
