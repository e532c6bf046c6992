import {
  type AssignedShard,
  type RecordSource,
  type StreamClosedError,
  StreamError,
  type StreamGoneError,
  type SubscribeOptions,
} from '@millrace/stream'
import type { KafkaNodes } from '../client/kafka-nodes.ts'
import { backoffMs, pause } from '../client/retry.ts'
import type { ReadingContext } from '../kafka-context.ts'
import type { KafkaShard } from '../topics/stream-layout.ts'
import type { Marker } from '../records/decode-batch.ts'
import { CheckpointCommitter } from './checkpoint-committer.ts'
import { consumerPlaces, eligiblePartitions } from './consumer-places.ts'
import { FetchLoop } from './fetch-loop.ts'
import { GroupMember } from './group-member.ts'
import { KafkaLane } from './kafka-lane.ts'
import { type Start, startingPositions } from './starting-positions.ts'

export interface SubscriptionOptions {
  readonly context: ReadingContext
  readonly topic: string
  readonly streamName: string
  readonly consumer: string
  readonly groupId: string
  /** The shard map that this process knows. */
  readonly map: () => { readonly epoch: number; readonly shards: readonly KafkaShard[] }
  readonly sourceOf: (shard: KafkaShard) => RecordSource
  /** Whether a marker holds up those who read, for all that is known; has the shard map read if so. */
  readonly judge: (marker: Marker) => 'pass' | 'hold'
  readonly subscribe: SubscribeOptions
  /** Throws if the stream is gone or closed. */
  readonly assertThere: () => Promise<void>
}

/** How long leaving the group may take. */
const leaveTimeoutMs = 2_000

/** One subscriber: a member of the consumer group, the lanes of the shards that are its own, and what fetches and commits for them. */
export class Subscription {
  readonly #options: SubscriptionOptions
  readonly #nodes: KafkaNodes
  readonly #abort = new AbortController()
  /** By partition. */
  readonly #lanes = new Map<number, KafkaLane>()
  readonly #member: GroupMember
  readonly #committer: CheckpointCommitter
  readonly #fetches: FetchLoop
  /** Partitions that are this member's. */
  #own: readonly number[] = []
  /** Some of them are not in the shard map that this process knows. */
  #unknown = false
  /** Lanes that were not handed out yet. */
  #assigned: KafkaLane[] = []
  #failure: { readonly error: unknown } | undefined
  #wake: () => void = () => {}
  #running: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  constructor(options: SubscriptionOptions) {
    const { context, topic, groupId, map, assertThere } = options
    const { clock, random, sessionTimeoutMs, heartbeatIntervalMs, fetchWaitMsMax, readAheadBytesMax } = context.options
    this.#options = options
    this.#nodes = context.newNodes()
    const { signal } = this.#abort
    this.#member = new GroupMember({
      groupId,
      topic,
      epoch: () => map().epoch,
      eligible: (epoch) => this.#eligible(epoch),
      nodes: this.#nodes,
      offsets: context.offsets,
      clock,
      random,
      sessionTimeoutMs,
      heartbeatIntervalMs,
      held: () => [...this.#lanes.values()].filter((lane) => !lane.finished).map((lane) => lane.shard.partition),
      onAssigned: (partitions) => this.#assign(partitions),
      onLost: () => this.#assign([]),
    })
    this.#committer = new CheckpointCommitter({
      topic,
      groupId,
      offsets: context.offsets,
      mirror: context.mirror,
      clock,
      random,
      lanes: this.#lanes,
      membership: () => this.#member.membership,
      membershipChanged: () => this.#member.changed(),
      signal,
    })
    this.#fetches = new FetchLoop({
      topic,
      client: context.client,
      nodes: this.#nodes,
      clock,
      random,
      waitMsMax: fetchWaitMsMax,
      readAheadBytesMax,
      lanes: this.#lanes,
      onOutOfRange: (lane) => this.#outOfRange(lane),
      assertThere,
      signal,
    })
  }

  /** Whether Kafka counts this subscriber among the members of the consumer's group. */
  isMemberFor(consumer: string): boolean {
    return this.#options.consumer === consumer && this.#member.membership !== undefined
  }

  /** The shards as they are assigned, until the signal is aborted. Throws what Kafka refuses the member for. */
  async *run(signal: AbortSignal): AsyncGenerator<AssignedShard, void> {
    const stop = (): void => {
      this.#stop().catch(() => {})
    }
    signal.addEventListener('abort', stop)
    this.#running ??= this.#member.run(this.#abort.signal).catch((error: unknown) => this.#fail(error))
    try {
      for (;;) {
        if (this.#failure !== undefined) throw this.#failure.error
        if (this.#abort.signal.aborted) return
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#wake = resolve
        const lane = this.#assigned.shift()
        if (lane === undefined) await promise
        else if (!lane.revoked.aborted) yield lane
      }
    } finally {
      signal.removeEventListener('abort', stop)
      await this.#stop()
    }
  }

  /** The shard map has changed. */
  reshaped(): void {
    const shards = new Map(this.#options.map().shards.map((shard) => [shard.partition, shard]))
    for (const [partition, lane] of this.#lanes) lane.reshaped(shards.get(partition) ?? lane.shard)
    if (this.#unknown) this.#assign(this.#own)
  }

  /** Takes every shard back; whoever is subscribed gets the error. Resolves when the group is left. */
  async end(error: StreamGoneError | StreamClosedError): Promise<void> {
    this.#fail(error)
    await this.#stop()
  }

  #stop(): Promise<void> {
    this.#stopped ??= this.#leave()
    return this.#stopped
  }

  async #leave(): Promise<void> {
    this.#abort.abort()
    this.#assign([])
    this.#wake()
    // A Kafka that does not answer is not waited for: it will notice by itself that this member is gone.
    const over = new AbortController()
    const { clock } = this.#options.context.options
    await Promise.race([this.#running, pause(clock, leaveTimeoutMs, over.signal)])
    over.abort()
    await this.#nodes.close()
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#assign([])
    this.#wake()
  }

  /** What the leader of the group shares out. A shard is given out once the consumer has finished its parents, in whichever process. */
  async #eligible(epoch: number): Promise<readonly number[]> {
    const { context, topic, groupId, map, subscribe } = this.#options
    if (map().epoch < epoch) await context.refreshRegistry()
    const { shards } = map()
    return eligiblePartitions(
      shards,
      await consumerPlaces({ context, topic, groupId, shards, startingPosition: subscribe.startingPosition }),
    )
  }

  /** Lanes of shards that stay here stay as they are. */
  #assign(partitions: readonly number[]): void {
    this.#own = partitions
    const own = new Set(this.#abort.signal.aborted ? [] : partitions)
    for (const [partition, lane] of this.#lanes) {
      if (own.has(partition)) continue
      this.#lanes.delete(partition)
      lane.revoke()
    }
    const added: KafkaLane[] = []
    for (const shard of this.#options.map().shards) {
      if (!own.delete(shard.partition) || this.#lanes.has(shard.partition)) continue
      const lane = this.#lane(shard, this.#options.sourceOf(shard))
      this.#lanes.set(shard.partition, lane)
      added.push(lane)
    }
    // Shards that were opened after this process has last read the map.
    this.#unknown = own.size > 0
    if (this.#unknown) this.#options.context.refreshRegistry().catch(() => {})
    if (added.length === 0) return
    this.#assigned.push(...added)
    this.#begin(added).catch(() => {})
    this.#wake()
  }

  #lane(shard: KafkaShard, source: RecordSource): KafkaLane {
    const { batchRecordsMax, batchBytesMax } = this.#options.subscribe
    return new KafkaLane({
      shard,
      source,
      limit: { recordsMax: batchRecordsMax, bytesMax: batchBytesMax },
      judge: this.#options.judge,
      onFinished: () => this.#member.rejoin(),
      commit: () => this.#committer.commit(),
      onRoom: () => this.#fetches.wake(),
    })
  }

  /** Finds out where the lanes begin, for as long as one of them is held. */
  async #begin(lanes: readonly KafkaLane[]): Promise<void> {
    const { context, topic, groupId } = this.#options
    const { clock, random } = context.options
    for (let failures = 0; ; failures++) {
      const held = lanes.filter((lane) => !lane.revoked.aborted)
      if (held.length === 0) return
      try {
        const partitions = held.map(({ shard }) => shard.partition)
        const starts = await startingPositions({ context, topic, groupId, partitions })
        for (const lane of held) this.#start(lane, starts.get(lane.shard.partition) as Start)
        this.#fetches.wake()
        if (held.some((lane) => lane.uncommitted !== undefined)) await this.#committer.commit()
        return
      } catch (error) {
        if (!(error instanceof StreamError && error.retryable)) {
          for (const lane of held) lane.fail(error)
          return
        }
        await pause(clock, backoffMs(failures, random), this.#abort.signal)
      }
    }
  }

  #start(lane: KafkaLane, { checkpoint, horizon, tip, isNew }: Start): void {
    if (lane.revoked.aborted || lane.next !== undefined) return
    lane.begin(checkpoint, tip, isNew)
    if (checkpoint.position < horizon) this.#skip(lane, horizon)
    else if (checkpoint.position > tip) this.#warnOfTruncation(lane, checkpoint.position, tip)
  }

  /** Retention has overtaken the lane, or Kafka has lost the end of its log. */
  async #outOfRange(lane: KafkaLane): Promise<void> {
    const { context, topic } = this.#options
    const { partition } = lane.shard
    const { horizon, tip } = (await context.client.bounds(topic, [partition])).get(partition) ?? { horizon: 0, tip: 0 }
    const next = lane.next as number
    if (next < horizon) this.#skip(lane, horizon)
    else if (next > tip) this.#warnOfTruncation(lane, next, tip)
  }

  #skip(lane: KafkaLane, horizon: number): void {
    const { context, streamName, consumer } = this.#options
    const { shardId } = lane.shard
    const records = horizon - (lane.next as number)
    lane.skipTo(horizon)
    context.options.onRecordsLost({ stream: streamName, shardId, consumer, records })
    context.options.onWarning(
      `${records} records of ${shardId} of the stream "${streamName}" were gone before "${consumer}" settled them: its checkpoint lay before position ${horizon}, where the topic begins by now. Raise the retention, or find out why it was so far behind.`,
    )
  }

  /** Positions that were settled come again with other records: they are read. */
  #warnOfTruncation(lane: KafkaLane, position: number, tip: number): void {
    const { context, streamName, consumer } = this.#options
    context.options.onWarning(
      `"${consumer}" stands at position ${position} of ${lane.shard.shardId} of the stream "${streamName}", but the topic ends at ${tip}: Kafka has lost records (an unclean election of a leader?). What is put now is read from ${tip} on.`,
    )
    lane.rewindTo(tip)
  }
}
