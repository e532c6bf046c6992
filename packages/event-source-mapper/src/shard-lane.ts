import type { RecordSource } from '@millrace/stream'
import { Delivery } from './delivery.ts'
import { Lane } from './lane.ts'
import { LaneInvoker } from './lane-invoker.ts'
import { LaneQueue } from './lane-queue.ts'
import type { MapperContext, ShardSignals } from './mapper-context.ts'
import type { LaneState, LaneStats } from './mapper-stats.ts'
import type { RecordChunk } from './record-chunk.ts'
import { Refusals } from './refusals.ts'
import type { ShardSettlement } from './shard-settlement.ts'
import { Bell } from './waiting.ts'
import type { ShardWindow, WindowEnd } from './window/shard-window.ts'
import { WindowCloser } from './window/window-closer.ts'

export interface ShardLaneOptions {
  readonly source: RecordSource
  readonly context: MapperContext
  readonly signals: ShardSignals
  readonly settlement: ShardSettlement
  readonly window: ShardWindow
  /** Nothing more can join the waiting records for now (the window is full), or ever (the shard has ended): gathering on is of no use. */
  readonly complete: () => 'for-now' | 'ended' | undefined
  /** See `LaneInvokerOptions`. */
  readonly mayHaveBeenHandled: (position: number) => boolean
  /** The queue became shorter. */
  readonly onTaken: () => void
  readonly onWindowClosed: () => void
}

/** A lane with the records that wait for it: gathers them into batches, and has them delivered, one batch at a time. */
export class ShardLane {
  readonly queue: LaneQueue = new LaneQueue()
  readonly #options: ShardLaneOptions
  readonly #bell = new Bell()
  readonly #lane: Lane
  readonly #closer: WindowCloser
  #state: LaneState = 'idle'

  /** `pending`: what the lanes before this one began, in order. */
  constructor(options: ShardLaneOptions, pending: readonly Delivery[] = []) {
    this.#options = options
    const { source, context, signals, settlement, window, mayHaveBeenHandled } = options
    const onState = (state: LaneState): void => {
      this.#state = state
    }
    const refusals = new Refusals(context)
    const next = (): Delivery | undefined => this.#take()
    const onInvoke = (): void => onState('invoking')
    const invoker = new LaneInvoker({ source, context, signals, window, onInvoke, mayHaveBeenHandled })
    this.#lane = new Lane({ context, signals, settlement, window, invoker, refusals, next, onState }, pending)
    this.#closer = new WindowCloser({ source, context, signals, refusals, onState })
  }

  add(chunk: RecordChunk, indexes?: Uint32Array): void {
    this.queue.add(chunk, indexes)
    this.#bell.ring()
  }

  /** Look again whether a batch is due. */
  ring(): void {
    this.#bell.ring()
  }

  /** Whether a batch waits already. */
  get full(): boolean {
    return this.#options.context.policy.full(this.queue)
  }

  get queuedRecords(): number {
    return this.queue.records
  }

  /** What was begun and is not at its end, in order. */
  get pending(): readonly Delivery[] {
    return this.#lane.pending
  }

  stats(): LaneStats {
    return { state: this.#state, queuedRecords: this.queue.records }
  }

  /** Until the shard has ended and every record was delivered, or nothing may begin any more. */
  async run(): Promise<void> {
    const { signals, context } = this.#options
    const wake = (): void => this.#bell.ring()
    signals.drain.addEventListener('abort', wake)
    try {
      while (!signals.drain.aborted) {
        const end = this.#windowEnd()
        if (end !== undefined) {
          await this.#closeWindow(end)
          continue
        }
        const delayMs = this.#untilNext()
        if (delayMs === undefined && this.#options.complete() === 'ended') return
        if (delayMs === 0) await this.#lane.step()
        else {
          this.#state = this.queue.records === 0 ? 'idle' : 'gathering'
          await this.#bell.wait(context.clock, this.#untilLook(delayMs))
        }
      }
    } finally {
      signals.drain.removeEventListener('abort', wake)
      this.#state = 'idle'
    }
  }

  #untilNext(): number | undefined {
    if (this.#lane.pending.length > 0) return 0
    if (this.queue.records > 0 && this.#options.complete() !== undefined) return 0
    return this.#options.context.policy.untilNext(this.queue, this.#options.context.clock.now())
  }

  /** The same, or until the open window is over by itself. */
  #untilLook(delayMs: number | undefined): number | undefined {
    const { context, window } = this.#options
    if (window.open === undefined) return delayMs
    const idle = window.untilIdleEnd(context.parameters.tumblingWindowIdleWaitMs, context.clock.now()) as number
    // While records wait, they decide.
    return delayMs ?? (this.queue.records === 0 ? idle : undefined)
  }

  #windowEnd(): WindowEnd | undefined {
    const { context, window, complete } = this.#options
    if (window.open === undefined) return undefined
    const { TumblingWindowInSeconds: seconds, tumblingWindowIdleWaitMs: idleWaitMs } = context.parameters
    const head = this.#lane.pending[0]?.batch.records[0] ?? this.queue.head
    return window.due({ seconds, idleWaitMs, head, ended: complete() === 'ended', now: context.clock.now() })
  }

  async #closeWindow(end: WindowEnd): Promise<void> {
    const { window, settlement, signals, onWindowClosed } = this.#options
    const { open } = window
    if (open === undefined || !(await this.#closer.close(open, end === 'early')) || signals.stop.aborted) return
    window.closed()
    settlement.release()
    onWindowClosed()
  }

  #take(): Delivery | undefined {
    const { head } = this.queue
    if (head === undefined) return undefined
    const { context, window, onTaken } = this.#options
    const batchEnd = window.batchEnd(context.parameters.TumblingWindowInSeconds, head)
    const delivery = new Delivery(this.queue.take(context.policy.limits, batchEnd))
    onTaken()
    return delivery
  }
}
