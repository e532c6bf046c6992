import type { Clock } from '@millrace/stream'
import { CompactedTopic, type CompactedTopicOptions } from '../topics/compacted-topic.ts'
import { type Checkpoint, decodeCheckpointCopy, encodeCheckpointCopy } from './checkpoint.ts'

/**
 * A copy of the checkpoints in a topic of Millrace's own. Kafka forgets the offsets of a group that was idle for a week; then these count. A copy may be some seconds
 * old, which repeats records and skips none.
 */
export class CheckpointMirror {
  readonly #topic: CompactedTopic
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #onFailure: (error: unknown) => void
  readonly #known = new Map<string, Checkpoint>()
  /** What was settled since the last copy, by key. */
  #waiting = new Map<string, Checkpoint>()
  #writing: Promise<void> | undefined
  #cancel: (() => void) | undefined

  constructor(options: Omit<CompactedTopicOptions, 'onEntry'>, clock: Clock, intervalMs: number, onFailure: (error: unknown) => void) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#onFailure = onFailure
    this.#topic = new CompactedTopic({ ...options, onEntry: ({ key, value }) => this.#apply(key, value) })
  }

  /** Has the checkpoint copied soon. */
  note(groupId: string, partition: number, checkpoint: Checkpoint): void {
    this.#waiting.set(keyOf(groupId, partition), checkpoint)
    this.#cancel ??= this.#clock.schedule(this.#intervalMs, () => {
      this.#cancel = undefined
      this.flush().catch(this.#onFailure)
    })
  }

  /** Resolves when everything that was noted is copied. */
  async flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    await this.#writing?.catch(() => {})
    if (this.#waiting.size === 0) return
    const entries = this.#waiting
    this.#waiting = new Map()
    this.#writing = this.#write(entries)
    await this.#writing
  }

  /** By partition, as far as there are any. */
  async read(groupId: string, partitions: readonly number[]): Promise<ReadonlyMap<number, Checkpoint>> {
    await this.#topic.refresh()
    const found = new Map<number, Checkpoint>()
    for (const partition of partitions) {
      const checkpoint = this.#known.get(keyOf(groupId, partition))
      if (checkpoint !== undefined) found.set(partition, checkpoint)
    }
    return found
  }

  /** Resolves when the first places of a consumer are kept. */
  async place(groupId: string, places: ReadonlyMap<number, Checkpoint>): Promise<void> {
    await this.#topic.write(
      [...places].map(([partition, checkpoint]) => ({ key: keyOf(groupId, partition), value: encodeCheckpointCopy(checkpoint) })),
    )
  }

  /** Removes every group whose name begins so. Answers their names. */
  async forget(groupPrefix: string): Promise<readonly string[]> {
    await this.#topic.refresh()
    for (const key of this.#waiting.keys()) if (key.startsWith(groupPrefix)) this.#waiting.delete(key)
    const keys = [...this.#known.keys()].filter((key) => key.startsWith(groupPrefix))
    await this.#topic.write(keys.map((key) => ({ key, value: null })))
    return [...new Set(keys.map((key) => key.slice(0, key.lastIndexOf('/'))))]
  }

  async #write(entries: ReadonlyMap<string, Checkpoint>): Promise<void> {
    try {
      await this.#topic.write([...entries].map(([key, checkpoint]) => ({ key, value: encodeCheckpointCopy(checkpoint) })))
    } catch (error) {
      for (const [key, checkpoint] of entries) if (!this.#waiting.has(key)) this.#waiting.set(key, checkpoint)
      throw error
    }
  }

  #apply(key: string, value: Uint8Array | undefined): void {
    const checkpoint = value && decodeCheckpointCopy(value)
    if (checkpoint === undefined) this.#known.delete(key)
    else this.#known.set(key, checkpoint)
  }
}

function keyOf(groupId: string, partition: number): string {
  return `${groupId}/${partition}`
}
