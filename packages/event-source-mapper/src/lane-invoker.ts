import type { InvocationResult, Permit } from '@millrace/function'
import type { RecordSource } from '@millrace/stream'
import type { Delivery, GivenUpRecord } from './delivery.ts'
import type { Judgement } from './judge-invocation.ts'
import { judgeInvocation } from './judge-invocation.ts'
import type { MapperContext, ShardSignals } from './mapper-context.ts'
import { aborted, untilAborted } from './waiting.ts'

/** What came of the wish to invoke. */
export type Attempt =
  /** Nothing may begin any more, or what was in hand is no longer to be settled. */
  | { readonly kind: 'stopped' }
  /** The function was not run. */
  | { readonly kind: 'refused'; readonly delivery: Delivery | undefined; readonly error: unknown }
  /** Some records are too old; nothing was invoked. */
  | { readonly kind: 'expired'; readonly delivery: Delivery; readonly expired: readonly GivenUpRecord[] }
  /** No judgement: every record is settled. */
  | { readonly kind: 'answered'; readonly delivery: Delivery; readonly judgement: Judgement | undefined }

const stopped: Attempt = { kind: 'stopped' }

export interface LaneInvokerOptions {
  readonly source: RecordSource
  readonly context: MapperContext
  readonly signals: ShardSignals
  /** Takes the lane's next batch. Called as late as can be, so that batches grow while a lane waits for its turn. */
  readonly next: () => Delivery | undefined
  readonly onInvoke: () => void
  /** Whether whoever had the shard before may have handled the record at this position, and not got to the checkpoint. */
  readonly mayHaveBeenHandled: (position: number) => boolean
}

/** Invokes the function for one lane: the limit first, then the permit, then the batch, then the invocation. */
export class LaneInvoker {
  readonly #options: LaneInvokerOptions

  constructor(options: LaneInvokerOptions) {
    this.#options = options
  }

  /** With what is left of a delivery, or with the lane's next batch. */
  async attempt(delivery: Delivery | undefined): Promise<Attempt> {
    const { context, signals } = this.#options
    // The invocation goes on behind an abandoned attempt, and keeps its place under the limit: it still is an execution.
    const attempt = await untilAborted(
      context.concurrency.run((era) => this.#run(delivery, era)),
      signals.stop,
    )
    return attempt === aborted ? stopped : attempt
  }

  async #run(given: Delivery | undefined, era: number): Promise<Attempt> {
    const { context, signals, next } = this.#options
    let permit: Permit | undefined
    let delivery = given
    try {
      if (signals.drain.aborted) return stopped
      permit = await context.invoker.acquire(context.functionName, signals.drain)
      if (signals.drain.aborted) return stopped
      delivery ??= next()
      if (delivery === undefined) return stopped
      const expired = delivery.expired(context.parameters, context.clock.now())
      if (expired.length > 0) return { kind: 'expired', delivery, expired }
      return this.#judge(delivery, await this.#invoke(delivery, permit), era)
    } catch (error) {
      return signals.drain.aborted && delivery === undefined ? stopped : { kind: 'refused', delivery, error }
    } finally {
      permit?.release()
    }
  }

  #invoke(delivery: Delivery, permit: Permit): Promise<InvocationResult> {
    const { context, source, signals, onInvoke, mayHaveBeenHandled } = this.#options
    onInvoke()
    const { records } = delivery.batch
    const maybeRepeated = delivery.invocations > 0 || mayHaveBeenHandled(records[0]?.position ?? 0)
    const payload = { kind: 'records', source, records, maybeRepeated } as const
    return context.invoker.invoke(context.functionName, payload, { signal: signals.hard, permit })
  }

  #judge(delivery: Delivery, result: InvocationResult, era: number): Attempt {
    const { concurrency, counters, parameters } = this.#options.context
    const records = delivery.batch.records
    counters.invoked(records.length, delivery.invocations++ > 0)
    const judgement = judgeInvocation(result, records, parameters.FunctionResponseTypes.length > 0)
    let overloaded = false
    if (judgement !== undefined) {
      for (let index = 0; !overloaded && index < records.length; index++) overloaded = judgement.verdict(index) === 'overload'
      if (judgement.failed) counters.failedInvocations++
    }
    if (overloaded) counters.overloads++
    // An error says nothing about the load, either way.
    if (overloaded || judgement === undefined) concurrency.report(era, overloaded)
    return { kind: 'answered', delivery, judgement }
  }
}
