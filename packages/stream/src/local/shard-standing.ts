import type { ShardLag } from '../stream.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { LocalShard } from './local-shard.ts'
import type { StoredCheckpoint } from './local-store.ts'

/** How one consumer stands on one shard: what it settled, and what it lost to retention. */
export class ShardStanding {
  readonly shard: LocalShard
  readonly #consumer: string
  readonly #queue: CommitQueue
  /** Settled as far as this process knows. The storage may be behind it when it could not be written. */
  #settled: number | undefined
  #durable: number | undefined
  #lost = 0
  /** Gaps that were passed over but are not below the checkpoint yet. */
  #gaps: { readonly from: number; readonly to: number }[] = []
  #writing: Promise<void> | undefined
  /** Position from which on records are still to be fetched, while a lane is at work. */
  #held: (() => number) | undefined

  constructor(shard: LocalShard, consumer: string, queue: CommitQueue, stored?: StoredCheckpoint) {
    this.shard = shard
    this.#consumer = consumer
    this.#queue = queue
    this.#settled = stored?.position
    this.#durable = stored?.position
    this.#lost = stored?.lostRecords ?? 0
  }

  /** Position from which on a lane has to begin; undefined for a consumer that never was here. */
  get settled(): number | undefined {
    return this.#settled
  }

  /** Whether the shard is closed and everything in it is settled. */
  get finished(): boolean {
    return this.#settled !== undefined && this.shard.endsAt(this.#settled)
  }

  get lostRecords(): number {
    const fetched = Math.max(this.#settled ?? this.shard.horizon, this.#held?.() ?? 0)
    const passed = this.#gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0)
    return this.#lost + passed + Math.max(0, this.shard.horizon - fetched)
  }

  /** `held` tells how far the lane has records in its hands; undefined when it is gone. Gaps that it passed and never settled are forgotten with it: the next lane meets them again. */
  worked(held: (() => number) | undefined): void {
    this.#held = held
    this.#gaps = []
  }

  passed(from: number, to: number): void {
    this.#gaps.push({ from, to })
  }

  /** Everything below the position is settled. Resolves when that is on disk. Lower positions than before change nothing. */
  settle(position: number): Promise<void> {
    let settled = Math.max(position, this.#settled ?? 0)
    while (this.#gaps[0] !== undefined && this.#gaps[0].from <= settled) {
      const gap = this.#gaps.shift() as { from: number; to: number }
      this.#lost += gap.to - gap.from
      settled = Math.max(settled, gap.to)
    }
    this.#settled = settled
    return this.#durable !== undefined && settled <= this.#durable ? Promise.resolve() : this.#write()
  }

  /** `oldestTimestamp` is the arrival at the checkpoint. */
  lag(oldestTimestamp: number | undefined): ShardLag {
    const checkpoint = this.checkpoint
    return {
      shardId: this.shard.shard.shardId,
      checkpoint,
      tip: this.shard.tip,
      records: this.shard.tip - checkpoint,
      oldestUnsettledTimestamp: oldestTimestamp,
      lostRecords: this.lostRecords,
    }
  }

  /** Where the consumer would begin after a restart. */
  get checkpoint(): number {
    return Math.max(this.#durable ?? 0, this.shard.horizon)
  }

  /** One write waits at most; it takes along whatever was settled until it goes. */
  #write(): Promise<void> {
    if (this.#writing !== undefined) return this.#writing
    let position = 0
    this.#writing = this.#queue.run(
      () => {
        this.#writing = undefined
        position = this.#settled ?? 0
        return { kind: 'checkpoint', shardKey: this.shard.key, consumer: this.#consumer, position, lostRecords: this.#lost }
      },
      () => {
        this.#durable = Math.max(this.#durable ?? 0, position)
      },
    )
    return this.#writing
  }
}
