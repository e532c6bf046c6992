import { PayloadTooLargeError } from '@millrace/function'
import { backoffMs } from './backoff.ts'
import type { Delivery, GivenUpRecord } from './delivery.ts'
import type { Judgement } from './judge-invocation.ts'
import type { LaneInvoker } from './lane-invoker.ts'
import type { MapperContext, ShardSignals } from './mapper-context.ts'
import type { LaneState } from './mapper-stats.ts'
import type { Refusals } from './refusals.ts'
import type { ShardSettlement } from './shard-settlement.ts'
import { pause } from './waiting.ts'
import type { ShardWindow } from './window/shard-window.ts'
import type { StreamRecord } from '@millrace/stream'

export interface LaneOptions {
  readonly context: MapperContext
  readonly signals: ShardSignals
  readonly settlement: ShardSettlement
  readonly window: ShardWindow
  readonly invoker: LaneInvoker
  readonly refusals: Refusals
  /** Takes the next batch; undefined where nothing waits. */
  readonly next: () => Delivery | undefined
  readonly onState: (state: LaneState) => void
}

/** Brings one batch after the other to its end: whatever remains of a batch is tried again before the next one is taken, which keeps the order of every key. */
export class Lane {
  readonly #options: LaneOptions
  /** What was begun and is not at its end, in order: parts of a batch that was split wait behind each other. */
  readonly #pending: Delivery[]

  constructor(options: LaneOptions, pending: readonly Delivery[]) {
    this.#options = options
    this.#pending = [...pending]
  }

  get pending(): readonly Delivery[] {
    return this.#pending
  }

  /** One invocation for what is pending, or else for the next batch, and what follows from it, the wait before its repeat included. */
  async step(): Promise<void> {
    const { invoker, refusals, signals, settlement, onState } = this.#options
    onState('waiting')
    const attempt = await invoker.attempt(() => this.#current())
    if (attempt.kind === 'stopped' || signals.stop.aborted) return
    const { delivery } = attempt
    if (attempt.kind === 'refused') {
      if (delivery !== undefined && attempt.error instanceof PayloadTooLargeError) return this.#tooLarge(delivery, attempt.error)
      return refusals.wait(attempt.error, signals.drain, onState)
    }
    if (attempt.kind === 'expired') {
      await this.#giveUp(attempt.delivery, attempt.expired)
      this.#keepOthers(attempt.delivery, attempt.expired)
    } else {
      refusals.over()
      if (attempt.judgement !== undefined) return this.#answered(attempt.delivery, attempt.judgement)
      settlement.handled(attempt.delivery.batch)
      this.#pending.shift()
    }
  }

  #current(): Delivery | undefined {
    const { context, window } = this.#options
    // The length was changed while this lane waited for its turn: the window is closed first.
    if (window.open !== undefined && window.open.seconds !== context.parameters.TumblingWindowInSeconds) return undefined
    const [first] = this.#pending
    if (first !== undefined) return this.#inWindow(first)
    const next = this.#options.next()
    if (next !== undefined) this.#pending.push(next)
    return next
  }

  /** What of a batch belongs to one window: it may have been made for longer ones, or for none. */
  #inWindow(delivery: Delivery): Delivery | undefined {
    const { context, window } = this.#options
    const { records } = delivery.batch
    const end = window.batchEnd(context.parameters.TumblingWindowInSeconds, records[0] as StreamRecord)
    if (end === undefined) return delivery
    const outside = records.findIndex((record) => record.approximateArrivalTimestamp >= end)
    if (outside > 0) this.#pending.splice(0, 1, ...delivery.splitAt(outside))
    return this.#pending[0]
  }

  async #answered(delivery: Delivery, judgement: Judgement): Promise<void> {
    const { context, settlement, signals, onState } = this.#options
    const bisect = context.parameters.BisectBatchOnFunctionError
    if (bisect && judgement.scope === 'whole' && delivery.batch.length > 1) return this.#bisect(delivery, judgement)
    // Split at the record that the function named, the remainder is smaller than the batch was: that is no retry either.
    const spends = !(bisect && judgement.scope === 'from-item')
    const { settled, givenUp, remaining, overloaded } = delivery.sort(judgement, context.parameters, spends)
    if (settled.length > 0) settlement.handled(delivery.batch.pick(settled))
    if (givenUp.length > 0) await this.#giveUp(delivery, givenUp)
    this.#keep(delivery, remaining)
    if (remaining.length === 0 || signals.drain.aborted) return
    onState(overloaded ? 'overloaded' : 'retrying')
    await pause(context.clock, this.#waitMs(delivery, judgement, overloaded), signals.drain)
  }

  /** No record has spent a retry: only a batch of one cannot be split any further. */
  async #bisect(delivery: Delivery, judgement: Judgement): Promise<void> {
    const { context, signals, onState } = this.#options
    this.#pending.splice(0, 1, ...delivery.splitAt(Math.ceil(delivery.batch.length / 2), judgement.reason(0)))
    context.counters.bisections++
    onState('retrying')
    const { retryBackoffBaseMs: baseMs } = context.parameters
    // The wait does not grow: each split is a step forward, and a batch of 10,000 takes 14 of them.
    await pause(context.clock, backoffMs(0, { baseMs, maxMs: baseMs }, context.random), signals.drain)
  }

  #waitMs(delivery: Delivery, judgement: Judgement, overloaded: boolean): number {
    const { parameters, random } = this.#options.context
    const maxMs = overloaded ? parameters.overloadWaitMaxMs : parameters.retryBackoffMaxMs
    const waits = delivery.waits++
    if (judgement.afterMs !== undefined) return Math.min(maxMs, judgement.afterMs)
    return backoffMs(waits, { baseMs: parameters.retryBackoffBaseMs, maxMs }, random)
  }

  /** The event measures more than expected: half of it at a time, and a single record that is too large alone never fits. */
  async #tooLarge(delivery: Delivery, error: PayloadTooLargeError): Promise<void> {
    if (delivery.batch.length > 1) this.#pending.splice(0, 1, ...delivery.splitAt(Math.ceil(delivery.batch.length / 2), error.message))
    else {
      await this.#giveUp(delivery, [{ index: 0, condition: 'Terminal', reason: error.message }])
      this.#pending.shift()
    }
  }

  async #giveUp(delivery: Delivery, records: readonly GivenUpRecord[]): Promise<void> {
    this.#options.onState('dead-lettering')
    await this.#options.settlement.givenUp(delivery, records)
  }

  #keepOthers(delivery: Delivery, records: readonly GivenUpRecord[]): void {
    const leaving = new Set(records.map(({ index }) => index))
    this.#keep(
      delivery,
      [...delivery.batch.records.keys()].filter((index) => !leaving.has(index)),
    )
  }

  /** Only these records of the delivery, the first that is pending, are left to be done. */
  #keep(delivery: Delivery, indexes: readonly number[]): void {
    if (indexes.length === 0) this.#pending.shift()
    else delivery.keep(indexes)
  }
}
