import type { Clock } from '../clock.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { LocalShard } from './local-shard.ts'
import type { RemovalBounds, TrimResult } from './local-store.ts'
import type { LocalStream } from './local-stream.ts'
import type { TailCache } from './tail-cache.ts'

/** Records that retention took before a consumer settled them. */
export interface RecordsLost {
  readonly stream: string
  readonly shardId: string
  readonly consumer: string
  /** Since the last such event. */
  readonly records: number
}

export interface RetentionOptions {
  readonly clock: Clock
  readonly queue: CommitQueue
  readonly tail: TailCache
  readonly retentionIntervalMs: number
  readonly onRecordsLost: (event: RecordsLost) => void
  streams(): readonly LocalStream[]
}

const hourMs = 3_600_000

/** Of one transaction: puts that come meanwhile wait for no more than this. */
const bounds: RemovalBounds = { chunksMax: 500, bytesMax: 8 * 1024 * 1024 }

/** Removes what has outlived its stream's retention, and what deleted streams left, a little at a time. */
export class Retention {
  readonly #options: RetentionOptions
  #cancel: () => void
  #trimming: Promise<void> | undefined
  #purging: Promise<void> | undefined
  #stopped = false

  constructor(options: RetentionOptions) {
    this.#options = options
    this.#cancel = options.clock.schedule(options.retentionIntervalMs, () => this.#turn())
  }

  /** Trims every shard. Who comes while that is under way waits for the same. */
  enforce(): Promise<void> {
    this.#trimming ??= this.#trimAll().finally(() => {
      this.#trimming = undefined
    })
    return this.#trimming
  }

  /** Begins to remove in the background what deleted streams left. */
  purge(): void {
    this.#purging ??= this.#purgeAll()
      // A storage that cannot be written at present is tried again in the next turn.
      .catch(() => {})
      .finally(() => {
        this.#purging = undefined
      })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#trimming?.catch(() => {})
    await this.#purging
  }

  #turn(): void {
    this.purge()
    this.enforce()
      // As above: what is too old now is so in the next turn.
      .catch(() => {})
      .finally(() => {
        if (!this.#stopped) this.#cancel = this.#options.clock.schedule(this.#options.retentionIntervalMs, () => this.#turn())
      })
  }

  async #trimAll(): Promise<void> {
    for (const stream of this.#options.streams()) {
      const beforeTimestamp = this.#options.clock.now() - stream.description.retentionHours * hourMs
      for (const shard of stream.localShards) {
        await this.#trim(stream, shard, beforeTimestamp)
        await this.#forget(stream, shard, beforeTimestamp)
      }
    }
  }

  /** A closed shard goes when its last record has, and when it was closed so long ago. */
  async #forget(stream: LocalStream, shard: LocalShard, beforeTimestamp: number): Promise<void> {
    const { closedTimestamp } = shard.shard
    if (closedTimestamp === undefined || closedTimestamp >= beforeTimestamp || shard.oldestTimestamp !== undefined || this.#stopped) return
    await stream.keepPlaces(shard)
    await this.#options.queue.run(
      () => ({ kind: 'forget-shard', shardKey: shard.key }),
      () => stream.forgetShard(shard),
    )
  }

  async #trim(stream: LocalStream, shard: LocalShard, beforeTimestamp: number): Promise<void> {
    while (!this.#stopped && (shard.oldestTimestamp ?? beforeTimestamp) < beforeTimestamp) {
      const more = await this.#options.queue.run(
        () => ({ kind: 'trim', shardKey: shard.key, beforeTimestamp, bounds }),
        (answer) => this.#trimmed(stream, shard, answer as TrimResult),
      )
      if (!more) return
    }
  }

  #trimmed(stream: LocalStream, shard: LocalShard, result: TrimResult): boolean {
    const standings = [...stream.consumers].map(([consumer, group]) => ({ consumer, standing: group.standing(shard) }))
    const before = standings.map(({ standing }) => standing?.lostRecords ?? 0)
    shard.trimmed(result)
    this.#options.tail.drop(shard, result.horizon)
    for (const [at, { consumer, standing }] of standings.entries()) {
      const records = (standing?.lostRecords ?? 0) - (before[at] as number)
      const { shardId } = shard.shard
      if (records > 0) this.#options.onRecordsLost({ stream: stream.name, shardId, consumer, records })
    }
    return result.more
  }

  async #purgeAll(): Promise<void> {
    while (!this.#stopped) {
      const more = await this.#options.queue.run(
        () => ({ kind: 'purge', bounds }),
        (answer) => answer === true,
      )
      if (!more) return
    }
  }
}
