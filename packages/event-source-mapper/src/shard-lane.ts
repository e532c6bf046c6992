import { Delivery } from './delivery.ts'
import { Lane } from './lane.ts'
import { LaneInvoker } from './lane-invoker.ts'
import { LaneQueue } from './lane-queue.ts'
import type { MapperContext, ShardSignals } from './mapper-context.ts'
import type { LaneState, LaneStats } from './mapper-stats.ts'
import type { RecordChunk } from './record-chunk.ts'
import type { ShardSettlement } from './shard-settlement.ts'
import { Bell } from './waiting.ts'
import type { RecordSource } from '@millrace/stream'

export interface ShardLaneOptions {
  readonly source: RecordSource
  readonly context: MapperContext
  readonly signals: ShardSignals
  readonly settlement: ShardSettlement
  /** Nothing more can join the waiting records for now (the window is full), or ever (the shard has ended): gathering on is of no use. */
  readonly complete: () => 'for-now' | 'ended' | undefined
  /** See `LaneInvokerOptions`. */
  readonly mayHaveBeenHandled: (position: number) => boolean
  /** The queue became shorter. */
  readonly onTaken: () => void
}

/** A lane with the records that wait for it: gathers them into batches, and has them delivered, one batch at a time. */
export class ShardLane {
  readonly #options: ShardLaneOptions
  readonly #queue = new LaneQueue()
  readonly #bell = new Bell()
  readonly #lane: Lane
  #state: LaneState = 'idle'

  constructor(options: ShardLaneOptions) {
    this.#options = options
    const { source, context, signals, settlement, mayHaveBeenHandled } = options
    const onState = (state: LaneState): void => {
      this.#state = state
    }
    const next = (): Delivery | undefined => this.#take()
    const onInvoke = (): void => onState('invoking')
    const invoker = new LaneInvoker({ source, context, signals, next, onInvoke, mayHaveBeenHandled })
    this.#lane = new Lane({ context, signals, settlement, invoker, onState })
  }

  add(chunk: RecordChunk, indexes?: Uint32Array): void {
    const before = this.#queue.bytes
    this.#queue.add(chunk, indexes)
    this.#options.context.buffered.add(this.#queue.bytes - before)
    this.#bell.ring()
  }

  /** Look again whether a batch is due. */
  ring(): void {
    this.#bell.ring()
  }

  /** Whether a batch waits already. */
  get full(): boolean {
    return this.#options.context.policy.full(this.#queue)
  }

  get queuedRecords(): number {
    return this.#queue.records
  }

  stats(): LaneStats {
    return { state: this.#state, queuedRecords: this.#queue.records }
  }

  /** Until the shard has ended and every record was delivered, or nothing may begin any more. */
  async run(): Promise<void> {
    const { signals, context } = this.#options
    const wake = (): void => this.#bell.ring()
    signals.drain.addEventListener('abort', wake)
    try {
      while (!signals.drain.aborted) {
        const delayMs = this.#untilNext()
        if (delayMs === undefined && this.#options.complete() === 'ended') return
        if (delayMs === 0) await this.#lane.deliver()
        else {
          this.#state = delayMs === undefined ? 'idle' : 'gathering'
          await this.#bell.wait(context.clock, delayMs)
        }
      }
    } finally {
      signals.drain.removeEventListener('abort', wake)
      this.#state = 'idle'
      context.buffered.remove(this.#queue.bytes)
    }
  }

  #untilNext(): number | undefined {
    if (this.#queue.records > 0 && this.#options.complete() !== undefined) return 0
    return this.#options.context.policy.untilNext(this.#queue, this.#options.context.clock.now())
  }

  #take(): Delivery | undefined {
    if (this.#queue.records === 0) return undefined
    const { context, onTaken } = this.#options
    const before = this.#queue.bytes
    const delivery = new Delivery(this.#queue.take(context.policy.limits))
    context.buffered.remove(before - this.#queue.bytes)
    onTaken()
    return delivery
  }
}
