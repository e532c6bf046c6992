import type { AssignedShard } from '@millrace/stream'
import { backoffMs } from './backoff.ts'
import type { MapperContext } from './mapper-context.ts'
import { pause, untilAborted } from './waiting.ts'
import { messageOf } from './warnings.ts'

/** Writes the checkpoints of one shard: one at a time, and always the newest. */
export class CheckpointWriter {
  readonly #shard: AssignedShard
  readonly #context: MapperContext
  readonly #stop: AbortSignal
  readonly #onWritten: () => void
  #wanted = -1
  #written = -1
  #busy = false
  #writing: Promise<void> | undefined

  /** `onWritten` is called whenever a checkpoint was written. */
  constructor(shard: AssignedShard, context: MapperContext, stop: AbortSignal, onWritten: () => void) {
    this.#shard = shard
    this.#context = context
    this.#stop = stop
    this.#onWritten = onWritten
  }

  /** Positions ascend. */
  update(position: number): void {
    this.#wanted = position
    if (this.#busy) return
    this.#busy = true
    this.#writing = this.#write()
  }

  /** The position that is written last, while a newer one is on its way; a successor would begin there. */
  get behindAt(): number | undefined {
    return this.#written < this.#wanted && this.#written >= 0 ? this.#written : undefined
  }

  /** Where the shard began. */
  begin(position: number): void {
    this.#wanted = position
    this.#written = position
  }

  /** Resolves when the newest position is written, or never will be. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  async #write(): Promise<void> {
    for (let failures = 0; this.#written < this.#wanted && !this.#stop.aborted; ) {
      const position = this.#wanted
      try {
        await untilAborted(this.#shard.checkpoint(position), this.#stop)
        this.#written = position
        failures = 0
        this.#onWritten()
      } catch (error) {
        await this.#failed(position, error, failures++)
      }
    }
    // In the same turn as the last look at `#wanted`, so that a position that comes later begins a new write.
    this.#busy = false
  }

  async #failed(position: number, error: unknown, failures: number): Promise<void> {
    if (this.#stop.aborted) return
    const { clock, parameters, random, warnings } = this.#context
    warnings.warn(
      'checkpoint-failing',
      `The checkpoint of ${this.#shard.source.shard.shardId} could not be moved to ${position} and is tried again: ${messageOf(error)} ` +
        'After a restart the records since the last checkpoint are handled once more.',
    )
    const limits = { baseMs: parameters.retryBackoffBaseMs, maxMs: parameters.retryBackoffMaxMs }
    await pause(clock, backoffMs(failures, limits, random), this.#stop)
  }
}
