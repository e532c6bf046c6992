import type { Clock, PutRefused, ShardIdentity } from '@millrace/stream'
import type { KafkaShard, LayoutUpdate } from '../topics/stream-layout.ts'
import type { RoutedSlice } from './put-request.ts'
import type { RecordWriter } from './record-writer.ts'

export interface ShardGateOptions {
  readonly topic: string
  readonly clock: Clock
  readonly writer: RecordWriter
  /** How long a shard map may be written by. */
  readonly leaseMs: number
  /** How long records wait for a shard map before they are refused. */
  readonly waitMsMax: number
  /** Reads the shard map. */
  readonly refresh: () => Promise<void>
  /** Has what was written behind the end of a shard forwarded to the open ones, up to the position. */
  readonly forward: (shard: KafkaShard, position: number) => Promise<void>
}

const lookAgainMs = 50

const refusal: PutRefused = {
  accepted: false,
  retryable: true,
  reason: 'internal',
  message: "The stream's shards are being changed, and the change takes longer than records can wait: put them again.",
}

/**
 * Holds records back while it is not sure where they belong. A process writes to a shard only for so long after it has last seen it open; whoever closes a shard waits
 * until every such time is over. A shard that is opened waits until what this process wrote to its parents has been answered, and until what of it came behind
 * their ends was forwarded: so the records that one process puts stay in order, even if it stood still in between.
 */
export class ShardGate {
  readonly #options: ShardGateOptions
  #known: readonly KafkaShard[] = []
  /** The same by index. */
  #shards: ReadonlyMap<number, KafkaShard> = new Map()
  /** When the shards were last known to be as they are. */
  #seenAt = Number.NEGATIVE_INFINITY
  /** Of shards that are being closed: when they were last seen without that. */
  #closing: ReadonlyMap<number, number> = new Map()
  /** Closed shards that their children wait for. */
  readonly #draining = new Set<number>()
  /** Position of the last record that was written here, by index of the shard. */
  readonly #written = new Map<number, number>()
  /** Since when records of a shard wait, by its index. */
  readonly #waiting = new Map<number, number>()
  #looking = false
  /** The registry does not answer. Records go on by the map that is known: what comes behind an end by that is forwarded. */
  #blind = false
  #ended = false

  constructor(options: ShardGateOptions) {
    this.#options = options
  }

  /** The shard map, as it was at that time. */
  update(shards: readonly KafkaShard[], update: LayoutUpdate | undefined, seenAt: number): void {
    const closing = update?.kind === 'reshard' ? update.closing : []
    this.#closing = new Map(closing.map((index) => [index, this.#closing.get(index) ?? this.#seenAt]))
    this.#seenAt = Math.max(this.#seenAt, seenAt)
    this.#blind = false
    if (shards !== this.#known) this.#reshaped(shards)
    this.#options.writer.reopen(this.#options.topic)
  }

  #reshaped(shards: readonly KafkaShard[]): void {
    const before = this.#shards
    this.#known = shards
    this.#shards = new Map(shards.map((shard) => [shard.index, shard]))
    // Parents before their children, so that what is sorted anew stays in order.
    for (const { index, partition } of [...before.values()].toSorted((one, other) => one.index - other.index)) {
      const shard = this.#shards.get(index)
      if (before.get(index)?.endingPosition !== undefined || (shard !== undefined && shard.endingPosition === undefined)) continue
      this.#waiting.delete(index)
      if (shard !== undefined) this.#drain(shard)
      this.#resort(partition)
    }
  }

  /** Whether records may be sent to the shard. If not, they are asked for again when that may have changed. */
  mayGo({ index }: ShardIdentity): boolean {
    const shard = this.#shards.get(index)
    const { clock, leaseMs } = this.#options
    const now = clock.now()
    const isSure = now - (this.#closing.get(index) ?? this.#seenAt) < leaseMs || (this.#blind && !this.#closing.has(index))
    if (shard !== undefined && shard.endingPosition === undefined && isSure && !this.#waitsForParents(shard)) {
      this.#waiting.delete(index)
      // Looked at before it is needed, so that nothing waits for it.
      if (now - this.#seenAt > leaseMs / 3) this.#look(this.#blind ? leaseMs / 3 : 0)
      return true
    }
    if (!this.#waiting.has(index)) this.#waiting.set(index, now)
    this.#look(now - this.#seenAt < leaseMs ? lookAgainMs : 0)
    return false
  }

  written({ index }: ShardIdentity, lastPosition: number): void {
    this.#written.set(index, lastPosition)
  }

  end(): void {
    this.#ended = true
  }

  #waitsForParents(shard: KafkaShard): boolean {
    if (this.#draining.size === 0) return false
    for (const parentId of [shard.parentShardId, shard.adjacentParentShardId]) {
      if (parentId === undefined) continue
      const parent = this.#shards.get(Number(parentId.slice(parentId.indexOf('-') + 1)))
      if (parent !== undefined && (this.#draining.has(parent.index) || this.#waitsForParents(parent))) return true
    }
    return false
  }

  /** What waits for a closed shard goes to those that follow. */
  #resort(partition: number): void {
    const { writer, topic } = this.#options
    const slices = writer.takeBack(topic, partition) as readonly RoutedSlice[]
    if (slices.length > 0) writer.put(slices.flatMap((slice) => slice.rerouted()))
  }

  #drain(shard: KafkaShard): void {
    this.#draining.add(shard.index)
    this.#untilDrained(shard)
      // What was not forwarded in time is forwarded later; to wait for ever would lose what comes now.
      .catch(() => {})
      .finally(() => {
        this.#draining.delete(shard.index)
        this.#written.delete(shard.index)
        this.#options.writer.reopen(this.#options.topic)
      })
  }

  async #untilDrained(shard: KafkaShard): Promise<void> {
    const { writer, topic, forward } = this.#options
    await writer.sent(topic, shard.partition)
    const written = this.#written.get(shard.index) ?? -1
    if (shard.endingPosition !== undefined && written > shard.endingPosition) await forward(shard, written)
  }

  #look(delayMs: number): void {
    if (this.#looking || this.#ended) return
    this.#looking = true
    const { clock, refresh, writer, topic, leaseMs } = this.#options
    clock.schedule(delayMs, () => {
      const goOn = (): void => {
        this.#blind = true
        writer.reopen(topic)
      }
      const cancel = clock.schedule(leaseMs, goOn)
      refresh()
        .catch(goOn)
        .finally(() => {
          cancel()
          this.#looking = false
          this.#refuseLate()
          writer.reopen(topic)
        })
    })
  }

  #refuseLate(): void {
    const { clock, waitMsMax, writer, topic } = this.#options
    for (const [index, since] of this.#waiting) {
      if (clock.now() - since < waitMsMax) continue
      this.#waiting.delete(index)
      const partition = this.#shards.get(index)?.partition
      if (partition !== undefined) for (const slice of writer.takeBack(topic, partition)) slice.refuse(refusal)
    }
  }
}
