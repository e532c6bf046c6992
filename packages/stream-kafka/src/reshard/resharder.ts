import {
  childShards,
  InvalidReshardError,
  type RecordSource,
  type ReshardStep,
  scalingSteps,
  StreamError,
  StreamGoneError,
  StreamInUseError,
} from '@millrace/stream'
import type { KafkaClient } from '../client/kafka-client.ts'
import { pause, type RetryPolicy, retrying } from '../client/retry.ts'
import type { RecordWriter } from '../put/record-writer.ts'
import { type KafkaShard, type LayoutUpdate, presentShards, statusOf, type StreamLayout } from '../topics/stream-layout.ts'
import type { StreamTable } from '../topics/stream-table.ts'
import { untilLed } from '../topics/until-led.ts'
import { appendMarker } from './append-marker.ts'
import { hasForeignProducer } from './foreign-producers.ts'
import { forwardLateRecords, lateFrom } from './late-records.ts'

export interface ResharderOptions {
  readonly client: KafkaClient
  readonly table: StreamTable
  readonly writer: RecordWriter
  readonly retry: RetryPolicy
  /** Of this process, unlike any other's. */
  readonly owner: string
  readonly leaseMs: number
  readonly topicOf: (streamName: string) => string
  /** Resolves when the registry was read, and what follows from it done. */
  readonly refresh: () => Promise<void>
}

/** Which stream, of those that had its name. */
export interface StreamKey {
  readonly name: string
  readonly incarnation: string
}

const lookAgainMs = 100

/**
 * Changes shards. Each step is a claim in the registry (`StreamTable.replace`), so that of several processes one works, and another takes over where that one ended.
 *
 * 1. The claim names the shards that are closed and those that are opened. Writers stop sending to the first when the time is over for which they may write by the
 *    map that they have seen.
 * 2. The partitions of the children are made. When every writer's time is over, a marker is appended to each parent.
 * 3. The next claim says at which markers the parents end, and opens the children.
 */
export class Resharder {
  readonly #options: ResharderOptions

  constructor(options: ResharderOptions) {
    this.#options = options
  }

  /** Throws what `steps` throws, `StreamInUseError`, `InvalidReshardError` for a stream that others write to, `KafkaError`. */
  async reshard(
    key: StreamKey,
    steps: (shards: readonly KafkaShard[]) => readonly ReshardStep[],
    targetShardCount?: number,
  ): Promise<void> {
    for (;;) {
      const layout = await this.#untilIdle(key)
      const next = steps(layout.shards)
      if (next.length === 0) return
      await this.#assertOwnProducers(layout, next)
      const claimed = await this.#withSteps(layout, next, targetShardCount)
      if (await this.#options.table.replace(claimed)) return this.#finish(claimed)
    }
  }

  async setRetention(key: StreamKey, retentionHours: number): Promise<void> {
    const { client, retry, topicOf } = this.#options
    for (;;) {
      const layout = await this.#present(key)
      if (statusOf(layout) !== 'ACTIVE') throw new StreamInUseError(key.name, statusOf(layout))
      await retrying(retry, () => client.setTopicConfig(topicOf(key.name), 'retention.ms', `${retentionHours * 3_600_000}`))
      const description = { ...layout.description, retentionHours }
      if (await this.#replace({ ...layout, description, epoch: layout.epoch + 1 })) return
    }
  }

  /** Finishes what a process that is gone has begun, unless another one does. */
  async takeOver(layout: StreamLayout): Promise<void> {
    const { update } = layout
    if (update === undefined || !this.#isAbandoned(update)) return
    const own = { ...layout, epoch: layout.epoch + 1, update: this.#own(layout, update) }
    if (!(await this.#replace(own))) return
    if (update.kind === 'reshard') await this.#finish(own)
    else await this.#finishForward(own)
  }

  /** Forwards what stands behind the end of the shard at least up to the position, unless another process does. */
  async forward(key: StreamKey, index: number, position: number): Promise<void> {
    for (;;) {
      const layout = await this.#untilIdle(key, true)
      const shard = layout.shards.find((candidate) => candidate.index === index)
      if (shard === undefined || lateFrom(shard) > position) return
      const update = { kind: 'forward', closing: [index], opening: [] } as const
      const claimed = { ...layout, epoch: layout.epoch + 1, update: this.#own(layout, update) }
      if (await this.#replace(claimed)) await this.#finishForward(claimed)
    }
  }

  #own(layout: StreamLayout, update: Omit<LayoutUpdate, 'epoch' | 'owner' | 'timestamp'>): LayoutUpdate {
    return { ...update, epoch: layout.epoch + 1, owner: this.#options.owner, timestamp: this.#options.retry.clock.now() }
  }

  #isAbandoned({ timestamp }: LayoutUpdate): boolean {
    return this.#options.retry.clock.now() - timestamp > 3_000 + 5 * this.#options.leaseMs
  }

  async #present({ name, incarnation }: StreamKey): Promise<StreamLayout> {
    await this.#options.refresh()
    const layout = this.#options.table.get(name, incarnation)
    if (layout === undefined || layout.state !== 'ready') throw new StreamGoneError(name)
    return layout
  }

  /** Waits for records that are being forwarded, which does not take long; for a change of shards only where that is asked for. */
  async #untilIdle(key: StreamKey, waits = false): Promise<StreamLayout> {
    for (;;) {
      const layout = await this.#present(key)
      const { update } = layout
      if (update === undefined) return layout
      if (this.#isAbandoned(update)) await this.takeOver(layout)
      else if (update.kind === 'reshard' && !waits) throw new StreamInUseError(key.name, statusOf(layout))
      else await pause(this.#options.retry.clock, lookAgainMs)
    }
  }

  async #replace(layout: StreamLayout): Promise<boolean> {
    const held = await this.#options.table.replace(layout)
    await this.#options.refresh()
    return held
  }

  async #assertOwnProducers({ description: { name } }: StreamLayout, steps: readonly ReshardStep[]): Promise<void> {
    const { client, retry, topicOf } = this.#options
    const topic = topicOf(name)
    for (const shard of steps.flatMap(({ parents }) => parents) as KafkaShard[]) {
      if (!(await retrying(retry, () => hasForeignProducer(client, topic, shard.partition)))) continue
      throw new InvalidReshardError(
        `The stream "${name}" cannot be split or merged: other programs write to its topic "${topic}" directly (seen in ${shard.shardId}), and would go on writing to the shards that are closed. Have them put their records by Kinesis's API or the ingest of Millrace; once their records are no longer among the newest 1,000 of a shard, the change is possible.`,
      )
    }
  }

  async #withSteps(layout: StreamLayout, steps: readonly ReshardStep[], targetShardCount: number | undefined): Promise<StreamLayout> {
    const { client, retry, topicOf } = this.#options
    const now = retry.clock.now()
    const partitions = (await retrying(retry, () => client.partitionCount(topicOf(layout.description.name)))) ?? 0
    // No partition is ever used again, also of those that a change which failed has left.
    const first = Math.max(partitions, ...layout.shards.map(({ partition }) => partition + 1))
    const opening = childShards(layout.shards, steps, now).map((shard, at) => ({ ...shard, partition: first + at }))
    const closing = steps.flatMap(({ parents }) => parents.map(({ index }) => index))
    const target = targetShardCount === undefined ? {} : { targetShardCount }
    return { ...layout, epoch: layout.epoch + 1, update: this.#own(layout, { kind: 'reshard', closing, opening, ...target }) }
  }

  async #finish(claimed: StreamLayout): Promise<void> {
    for (let layout = claimed; layout.update !== undefined; ) {
      await this.#options.refresh()
      await this.#makePartitions(layout)
      const ends = await this.#close(layout, layout.update)
      const done = await this.#done(layout, layout.update, ends)
      if (done === undefined) return this.#untilOver(layout)
      layout = done
    }
  }

  async #makePartitions(layout: StreamLayout): Promise<void> {
    const { client, retry, topicOf } = this.#options
    const topic = topicOf(layout.description.name)
    const count = Math.max(0, ...(layout.update?.opening.map(({ partition }) => partition + 1) ?? []))
    try {
      await retrying(retry, () => client.createPartitions(topic, count))
      client.forgetLeaders(topic)
      await untilLed(client, retry, topic, count)
    } catch (error) {
      // Kafka refuses for good: the stream stays as it was.
      if (!(error instanceof StreamError && error.retryable)) {
        await this.#release(layout, new Map())
      }
      throw error
    }
  }

  /** Positions of the markers, by index. */
  async #close(
    { description: { name, incarnation }, shards }: StreamLayout,
    { epoch, closing }: LayoutUpdate,
  ): Promise<ReadonlyMap<number, number>> {
    const { client, retry, topicOf, leaseMs } = this.#options
    // What was sent in time and is still on its way has a while to arrive.
    await pause(retry.clock, leaseMs + Math.max(50, leaseMs / 4))
    await this.#present({ name, incarnation })
    const parents = shards.filter(({ index }) => closing.includes(index))
    const ends = await Promise.all(
      parents.map(async ({ index, partition }) => [index, await appendMarker(client, retry, topicOf(name), partition, epoch)] as const),
    )
    return new Map(ends)
  }

  /** The layout that follows; undefined when another process has taken over. */
  async #done(claimed: StreamLayout, update: LayoutUpdate, ends: ReadonlyMap<number, number>): Promise<StreamLayout | undefined> {
    const { name, incarnation } = claimed.description
    for (;;) {
      const layout = await this.#present({ name, incarnation })
      if (layout.update?.epoch !== update.epoch) return undefined
      const next = await this.#opened(layout, update, ends)
      if (await this.#replace(next)) return next
    }
  }

  async #opened(
    layout: StreamLayout,
    { opening, targetShardCount }: LayoutUpdate,
    ends: ReadonlyMap<number, number>,
  ): Promise<StreamLayout> {
    const now = this.#options.retry.clock.now()
    const present = presentShards(layout, now).map((shard) => {
      const endingPosition = ends.get(shard.index)
      return endingPosition === undefined ? shard : { ...shard, endingPosition, closedTimestamp: now }
    })
    const shards = [...present, ...opening]
    const shardCount = shards.filter(({ endingPosition }) => endingPosition === undefined).length
    const { update: _, ...rest } = layout
    const next = { ...rest, shards, description: { ...layout.description, shardCount }, epoch: layout.epoch + 1 }
    const steps = targetShardCount === undefined ? [] : scalingSteps(shards, targetShardCount)
    if (steps.length === 0) return next
    return this.#withSteps({ ...next, epoch: layout.epoch }, steps, targetShardCount)
  }

  /** Another process finishes it. */
  async #untilOver({ description: { name, incarnation }, update }: StreamLayout): Promise<void> {
    const closed = update?.closing[0]
    for (;;) {
      const layout = await this.#present({ name, incarnation })
      const shard = layout.shards.find(({ index }) => index === closed)
      if (layout.update === undefined && shard?.endingPosition === undefined && shard !== undefined)
        throw new StreamInUseError(name, 'ACTIVE')
      if (layout.update?.kind !== 'reshard') return
      await pause(this.#options.retry.clock, lookAgainMs)
    }
  }

  async #finishForward(claimed: StreamLayout): Promise<void> {
    const { client, writer, retry, topicOf } = this.#options
    const { name, incarnation } = claimed.description
    const forwarded = new Map<number, number>()
    try {
      for (const index of claimed.update?.closing ?? []) {
        const shard = claimed.shards.find((candidate) => candidate.index === index)
        if (shard === undefined) continue
        const { shards } = claimed
        const source: RecordSource = { streamName: name, incarnation, shard }
        forwarded.set(index, await forwardLateRecords({ client, writer, retry, topic: topicOf(name), shards, shard, source }))
      }
    } finally {
      await this.#release(claimed, forwarded)
    }
  }

  async #release(claimed: StreamLayout, forwarded: ReadonlyMap<number, number>): Promise<void> {
    const { name, incarnation } = claimed.description
    for (;;) {
      const layout = await this.#present({ name, incarnation })
      const { update, ...rest } = layout
      if (update?.epoch !== claimed.update?.epoch) return
      const shards = layout.shards.map((shard) => {
        const forwardedTo = forwarded.get(shard.index)
        return forwardedTo === undefined ? shard : { ...shard, forwardedTo }
      })
      if (await this.#replace({ ...rest, shards, epoch: layout.epoch + 1 })) return
    }
  }
}
