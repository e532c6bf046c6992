import type { InvocationResult, Permit } from '@millrace/function'
import type { RecordSource } from '@millrace/stream'
import type { Delivery, GivenUpRecord } from './delivery.ts'
import type { Judgement } from './judge-invocation.ts'
import { judgeInvocation, wholeFailure } from './judge-invocation.ts'
import type { MapperContext, ShardSignals } from './mapper-context.ts'
import type { MappingParameters } from './mapping-parameters.ts'
import { aborted, untilAborted } from './waiting.ts'
import type { OpenWindow } from './window/open-window.ts'
import type { ShardWindow } from './window/shard-window.ts'
import { answeredState } from './window/window-response.ts'

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
  readonly window: ShardWindow
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

  /** `current` answers what to invoke with. Called as late as can be, so that batches grow while a lane waits for its turn. */
  async attempt(current: () => Delivery | undefined): Promise<Attempt> {
    const { context, signals } = this.#options
    // The invocation goes on behind an abandoned attempt, and keeps its place under the limit: it still is an execution.
    const attempt = await untilAborted(
      context.concurrency.run((era) => this.#run(current, era)),
      signals.stop,
    )
    return attempt === aborted ? stopped : attempt
  }

  async #run(current: () => Delivery | undefined, era: number): Promise<Attempt> {
    const { context, signals } = this.#options
    let permit: Permit | undefined
    let delivery: Delivery | undefined
    try {
      if (signals.drain.aborted) return stopped
      permit = await context.invoker.acquire(context.functionName, signals.drain)
      if (signals.drain.aborted) return stopped
      delivery = current()
      if (delivery === undefined) return stopped
      // As they are now: what the function answers is read by what it was invoked with.
      const { parameters } = context
      const expired = delivery.expired(parameters, context.clock.now())
      if (expired.length > 0) return { kind: 'expired', delivery, expired }
      const window = this.#window(delivery, parameters)
      return this.#judge(delivery, await this.#invoke(delivery, permit, window), era, parameters, window)
    } catch (error) {
      return signals.drain.aborted ? stopped : { kind: 'refused', delivery, error }
    } finally {
      permit?.release()
    }
  }

  #window(delivery: Delivery, { TumblingWindowInSeconds: seconds }: MappingParameters): OpenWindow | undefined {
    const first = delivery.batch.records[0]
    return seconds === 0 || first === undefined ? undefined : this.#options.window.enter(seconds, first)
  }

  #invoke(delivery: Delivery, permit: Permit, window: OpenWindow | undefined): Promise<InvocationResult> {
    const { context, source, signals, onInvoke, mayHaveBeenHandled } = this.#options
    onInvoke()
    const { records } = delivery.batch
    const maybeRepeated = delivery.invocations > 0 || mayHaveBeenHandled(records[0]?.position ?? 0)
    const frame = { kind: 'records', source, records, maybeRepeated } as const
    const payload = window === undefined ? frame : { ...frame, window: window.aggregation() }
    return context.invoker.invoke(permit.functionName, payload, { signal: signals.hard, permit })
  }

  #judge(
    delivery: Delivery,
    result: InvocationResult,
    era: number,
    { FunctionResponseTypes, retryFailedItemsOnly }: MappingParameters,
    window: OpenWindow | undefined,
  ): Attempt {
    const { concurrency, counters } = this.#options.context
    const { source } = this.#options
    const { records } = delivery.batch
    counters.invoked(records.length, delivery.invocations++ > 0, result.report.durationMs)
    let judgement = judgeInvocation(result, records, {
      partial: FunctionResponseTypes.length > 0,
      failedItemsOnly: retryFailedItemsOnly,
      kafka: source.kafka && source,
    })
    if (window !== undefined && judgement?.scope !== 'whole') {
      const state = answeredState(result)
      if (state !== undefined) window.answered(state)
      else judgement = wholeFailure('The function answered no "state", which an invocation with a tumbling window has to.')
    }
    let overloaded = false
    if (judgement !== undefined) {
      delivery.lastInvocation = { requestId: result.requestId, failed: result.kind === 'failure' }
      let failed = 0
      for (let index = 0; index < records.length; index++) {
        const verdict = judgement.verdict(index)
        if (verdict === 'overload') overloaded = true
        else if (verdict !== 'settled') failed++
      }
      counters.failedRecords += failed
      if (judgement.failed) counters.failedInvocations++
    }
    if (overloaded) counters.overloads++
    // An error says nothing about the load, either way.
    if (overloaded || judgement === undefined) concurrency.report(era, overloaded)
    return { kind: 'answered', delivery, judgement }
  }
}
