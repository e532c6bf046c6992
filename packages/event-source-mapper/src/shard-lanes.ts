import type { StreamRecord } from '@millrace/stream'
import type { Delivery } from './delivery.ts'
import { laneOfKey } from './lane-of-key.ts'
import type { ShardSignals } from './mapper-context.ts'
import type { LaneStats } from './mapper-stats.ts'
import type { RecordChunk } from './record-chunk.ts'
import type { ShardLaneOptions } from './shard-lane.ts'
import { ShardLane } from './shard-lane.ts'

export interface ShardLanesOptions extends Omit<ShardLaneOptions, 'onWindowClosed'> {
  /** The number of lanes has changed. */
  readonly onLanes: () => void
}

/**
 * The lanes of a shard, and their number: ParallelizationFactor, or one while there are windows, since a shard has one state.
 *
 * The number changes between invocations. Those under way come to their end, nothing new begins, and then what is left (batches that wait for their
 * repeat, records that were never sent) is dealt out anew by key, each key's records in order.
 */
export class ShardLanes {
  readonly #options: ShardLanesOptions
  #lanes: readonly ShardLane[] = []
  /** Aborted when these lanes are to be replaced. */
  #cut = new AbortController()

  constructor(options: ShardLanesOptions) {
    this.#options = options
    this.#make(this.#wanted(), [])
  }

  get count(): number {
    return this.#lanes.length
  }

  /** Whether a batch waits in every lane. */
  get full(): boolean {
    return this.#lanes.every((lane) => lane.full)
  }

  /** Whether any record waits. */
  get waiting(): boolean {
    return this.#lanes.some((lane) => lane.queuedRecords > 0)
  }

  stats(): LaneStats[] {
    return this.#lanes.map((lane) => lane.stats())
  }

  /** Deals out the chunk's records, or those that the ascending `indexes` name. */
  add(chunk: RecordChunk, indexes?: Uint32Array): void {
    const count = this.#lanes.length
    if (count === 1) return this.#lanes[0]?.add(chunk, indexes)
    const length = indexes === undefined ? chunk.records.length : indexes.length
    const laneOf = new Uint8Array(length)
    const sizes = new Uint32Array(count)
    for (let at = 0; at < length; at++) {
      const lane = laneOfKey((chunk.records[indexes === undefined ? at : (indexes[at] as number)] as StreamRecord).partitionKey, count)
      laneOf[at] = lane
      sizes[lane] = (sizes[lane] as number) + 1
    }
    const own = Array.from(sizes, (size) => new Uint32Array(size))
    const filled = new Uint32Array(count)
    for (let at = 0; at < length; at++) {
      const lane = laneOf[at] as number
      const next = filled[lane] as number
      filled[lane] = next + 1
      ;(own[lane] as Uint32Array)[next] = indexes === undefined ? at : (indexes[at] as number)
    }
    for (const [at, lane] of this.#lanes.entries()) {
      const dealt = own[at] as Uint32Array
      if (dealt.length > 0) lane.add(chunk, dealt)
    }
  }

  /** Look again whether a batch is due. */
  ring(): void {
    for (const lane of this.#lanes) lane.ring()
  }

  /** Looks at the parameters anew. */
  update(): void {
    if (this.#lanes.length !== this.#wanted()) this.#cut.abort()
    this.ring()
  }

  /** Until the shard has ended and every record was delivered, or nothing may begin any more. Never rejects: `onFailure` hears of it. */
  async run(onFailure: (error: unknown) => void): Promise<void> {
    const { drain } = this.#options.signals
    for (;;) {
      await Promise.all(this.#lanes.map((lane) => lane.run().catch(onFailure)))
      if (drain.aborted || !this.#cut.signal.aborted) return
      this.#cutAnew()
    }
  }

  #wanted(): number {
    const { context, window } = this.#options
    const { TumblingWindowInSeconds, ParallelizationFactor } = context.parameters
    return TumblingWindowInSeconds > 0 || window.open !== undefined ? 1 : ParallelizationFactor
  }

  #make(count: number, pending: readonly (readonly Delivery[])[]): void {
    this.#cut = new AbortController()
    const { signals } = this.#options
    // A lane that is replaced begins nothing more, as if it were to be drained; all else goes on by the shard's own signals.
    const own: ShardSignals = { ...signals, drain: AbortSignal.any([signals.drain, this.#cut.signal]) }
    const options: ShardLaneOptions = { ...this.#options, signals: own, onWindowClosed: () => this.update() }
    this.#lanes = Array.from({ length: count }, (_, index) => new ShardLane(options, pending[index]))
  }

  #cutAnew(): void {
    const before = this.#lanes
    const count = this.#wanted()
    const pending: Delivery[][] = Array.from({ length: count }, () => [])
    for (const delivery of before.flatMap((lane) => lane.pending)) {
      for (const [lane, part] of delivery.byLane((key) => laneOfKey(key, count))) pending[lane]?.push(part)
    }
    if (count === 1) pending[0]?.sort((one, other) => firstPosition(one) - firstPosition(other))
    this.#make(count, pending)
    const waiting = new Map<RecordChunk, number[]>()
    for (const lane of before) {
      for (const [chunk, indexes] of lane.queue.remains()) waiting.set(chunk, [...(waiting.get(chunk) ?? []), ...indexes])
    }
    const chunks = [...waiting.keys()].sort((one, other) => (one.records[0]?.position ?? 0) - (other.records[0]?.position ?? 0))
    for (const chunk of chunks) this.add(chunk, Uint32Array.from(waiting.get(chunk) ?? []).sort())
    this.#options.onLanes()
  }
}

function firstPosition(delivery: Delivery): number {
  return delivery.batch.records[0]?.position ?? 0
}
