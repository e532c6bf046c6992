import type { StreamRecord } from '@millrace/stream'
import type { CheckpointTracker } from './checkpoint-tracker.ts'
import type { CheckpointWriter } from './checkpoint-writer.ts'
import type { DeadLetterWriter } from './dead-letter-writer.ts'
import type { Delivery, GivenUpRecord } from './delivery.ts'
import type { FailureNotifier } from './failure-notifier.ts'
import type { LaneBatch } from './lane-batch.ts'
import type { MapperContext } from './mapper-context.ts'
import type { RecordChunk } from './record-chunk.ts'
import type { ShardWindow } from './window/shard-window.ts'

export interface ShardSettlementOptions {
  readonly context: MapperContext
  readonly tracker: CheckpointTracker
  readonly checkpoints: CheckpointWriter
  readonly deadLetters: DeadLetterWriter
  readonly failures: FailureNotifier
  /** Holds the checkpoint while it is open: its records come again after a restart, since its state is kept nowhere but here. */
  readonly window: ShardWindow
  /** Nothing is settled once this is aborted. */
  readonly stop: AbortSignal
  /** The window may have moved. */
  readonly onSettled: () => void
}

/** The one place where a record of a shard is settled, counted, and passed by the checkpoint. */
export class ShardSettlement {
  readonly #options: ShardSettlementOptions

  constructor(options: ShardSettlementOptions) {
    this.#options = options
  }

  /** The function handled the records. */
  handled(batch: LaneBatch): void {
    if (this.#options.stop.aborted) return
    this.#options.context.counters.settled += batch.length
    this.#settle(batch)
  }

  /** Records `from` to before `to` of the chunk are not for the function. */
  filteredOut(chunk: RecordChunk, from: number, to: number): void {
    const { context, tracker } = this.#options
    context.counters.filtered += to - from
    if (tracker.settle(chunk, from, to)) this.release()
  }

  /** The checkpoint follows what is settled, unless a window holds it. */
  release(): void {
    const { tracker, checkpoints, window } = this.#options
    if (tracker.checkpoint !== undefined && window.open === undefined) checkpoints.update(tracker.checkpoint)
  }

  /** The records will not be handled: they are kept in the dead letters, the destination is told, and only then are they settled. */
  async givenUp(delivery: Delivery, givenUp: readonly GivenUpRecord[]): Promise<void> {
    const { context, deadLetters, failures, stop } = this.#options
    const batch = delivery.batch.pick(givenUp.map(({ index }) => index))
    // A destination or the dead letters may be slow to let go of them.
    batch.keep()
    const records = givenUp.map(({ condition, reason }, at) => {
      return { record: batch.records[at] as StreamRecord, condition, reason, attempts: delivery.invocations }
    })
    if (!(await deadLetters.write(records))) return
    const told = await failures.notify(delivery, givenUp)
    if (told === undefined || stop.aborted) return
    context.counters.destinationDelivered += told
    context.counters.dropped += givenUp.length - told
    for (const { condition } of givenUp) context.counters.deadLettered[condition]++
    this.#settle(batch)
    const first = records[0]
    context.warnings.warn(
      'dead-lettered',
      `${records.length} records of the function "${context.functionName}" went to the dead letters. The first, at position ${first?.record.position}: ${first?.reason}`,
    )
  }

  #settle(batch: LaneBatch): void {
    const { tracker, onSettled } = this.#options
    if (batch.settle(tracker)) this.release()
    onSettled()
  }
}
