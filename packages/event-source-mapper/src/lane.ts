import { PayloadTooLargeError } from '@millrace/function'
import { backoffMs } from './backoff.ts'
import type { Delivery, GivenUpRecord } from './delivery.ts'
import type { Judgement } from './judge-invocation.ts'
import type { LaneInvoker } from './lane-invoker.ts'
import type { MapperContext, ShardSignals } from './mapper-context.ts'
import type { LaneState } from './mapper-stats.ts'
import type { ShardSettlement } from './shard-settlement.ts'
import { pause } from './waiting.ts'
import { messageOf } from './warnings.ts'

export interface LaneOptions {
  readonly context: MapperContext
  readonly signals: ShardSignals
  readonly settlement: ShardSettlement
  readonly invoker: LaneInvoker
  readonly onState: (state: LaneState) => void
}

/** Brings one batch after the other to its end: whatever remains of a batch is tried again before the next one is taken, which keeps the order of every key. */
export class Lane {
  readonly #options: LaneOptions
  /** Times in a row that the function was not run. */
  #refusals = 0

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /** Until every record of the delivery (or of the next batch) is settled or given up, or nothing may begin any more. */
  async deliver(given?: Delivery): Promise<void> {
    const { invoker, signals, onState } = this.#options
    for (let delivery = given; ; ) {
      onState('waiting')
      const attempt = await invoker.attempt(delivery)
      if (attempt.kind === 'stopped' || signals.stop.aborted) return
      delivery = attempt.delivery
      if (attempt.kind === 'answered') this.#refusals = 0
      if (attempt.kind === 'refused') {
        if (delivery !== undefined && attempt.error instanceof PayloadTooLargeError) return this.#tooLarge(delivery, attempt.error)
        await this.#refused(attempt.error)
      } else if (attempt.kind === 'expired') {
        await this.#giveUp(attempt.delivery, attempt.expired)
        this.#keepOthers(attempt.delivery, attempt.expired)
      } else if (attempt.judgement === undefined) {
        this.#options.settlement.handled(attempt.delivery.batch)
        return
      } else await this.#answered(attempt.delivery, attempt.judgement)
      if (signals.drain.aborted || delivery?.batch.length === 0) return
    }
  }

  async #answered(delivery: Delivery, judgement: Judgement): Promise<void> {
    const { context, settlement, signals, onState } = this.#options
    const { settled, givenUp, remaining, overloaded } = delivery.sort(judgement, context.parameters)
    if (settled.length > 0) settlement.handled(delivery.batch.pick(settled))
    if (givenUp.length > 0) await this.#giveUp(delivery, givenUp)
    delivery.keep(remaining)
    if (remaining.length === 0 || signals.drain.aborted) return
    onState(overloaded ? 'overloaded' : 'retrying')
    await pause(context.clock, this.#waitMs(delivery, judgement, overloaded), signals.drain)
  }

  #waitMs(delivery: Delivery, judgement: Judgement, overloaded: boolean): number {
    const { parameters, random } = this.#options.context
    const maxMs = overloaded ? parameters.overloadWaitMaxMs : parameters.retryBackoffMaxMs
    const waits = delivery.waits++
    if (judgement.afterMs !== undefined) return Math.min(maxMs, judgement.afterMs)
    return backoffMs(waits, { baseMs: parameters.retryBackoffBaseMs, maxMs }, random)
  }

  /** The function was not run: nothing is spent, and nothing is lost. */
  async #refused(error: unknown): Promise<void> {
    const { context, signals, onState } = this.#options
    const { clock, counters, parameters, random, warnings } = context
    if (signals.drain.aborted) return
    if (typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true) {
      counters.throttles++
      onState('throttled')
      const limits = { baseMs: parameters.retryBackoffBaseMs, maxMs: parameters.retryBackoffMaxMs }
      return pause(clock, backoffMs(this.#refusals++, limits, random), signals.drain)
    }
    counters.unavailable++
    onState('unavailable')
    warnings.warn(
      'function-unavailable',
      `The function "${context.functionName}" cannot be run: ${messageOf(error)} Its records wait, and it is tried again every ${parameters.functionUnavailableWaitMs} ms.`,
    )
    await pause(clock, parameters.functionUnavailableWaitMs, signals.drain)
  }

  /** The event measures more than expected: half of it at a time, and a single record that is too large alone never fits. */
  async #tooLarge(delivery: Delivery, error: PayloadTooLargeError): Promise<void> {
    if (delivery.batch.length === 1) return this.#giveUp(delivery, [{ index: 0, condition: 'Terminal', reason: error.message }])
    const [first, second] = delivery.halves()
    await this.deliver(first)
    if (!this.#options.signals.drain.aborted) await this.deliver(second)
  }

  async #giveUp(delivery: Delivery, records: readonly GivenUpRecord[]): Promise<void> {
    this.#options.onState('dead-lettering')
    await this.#options.settlement.givenUp(delivery, records)
  }

  #keepOthers(delivery: Delivery, records: readonly GivenUpRecord[]): void {
    const leaving = new Set(records.map(({ index }) => index))
    delivery.keep([...delivery.batch.records.keys()].filter((index) => !leaving.has(index)))
  }
}
