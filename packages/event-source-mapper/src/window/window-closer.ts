import type { InvocationResult } from '@millrace/function'
import type { RecordSource } from '@millrace/stream'
import { backoffMs } from '../backoff.ts'
import type { MapperContext, ShardSignals } from '../mapper-context.ts'
import type { LaneState } from '../mapper-stats.ts'
import type { Refusals } from '../refusals.ts'
import { aborted, pause, untilAborted } from '../waiting.ts'
import type { OpenWindow } from './open-window.ts'

export interface WindowCloserOptions {
  readonly source: RecordSource
  readonly context: MapperContext
  readonly signals: ShardSignals
  readonly refusals: Refusals
  readonly onState: (state: LaneState) => void
}

/** Makes the final invocation of windows: without records, and over and over until it succeeds, as Lambda does. */
export class WindowCloser {
  readonly #options: WindowCloserOptions

  constructor(options: WindowCloserOptions) {
    this.#options = options
  }

  /** Resolves with true when the window may be forgotten; with false when nothing may begin any more. */
  async close(window: OpenWindow, early: boolean): Promise<boolean> {
    const { context, signals, refusals, onState } = this.#options
    if (!window.aggregated) return true
    for (let failures = 0; !signals.drain.aborted; ) {
      onState('waiting')
      try {
        const result = await untilAborted(this.#invoke(window, early, failures > 0), signals.stop)
        if (result === aborted) return false
        if (result !== undefined) {
          refusals.over()
          if (result.kind !== 'failure') return true
          context.counters.failedInvocations++
          await this.#failed(result.errorMessage, failures++)
        }
      } catch (error) {
        await refusals.wait(error, signals.drain, onState)
      }
    }
    return false
  }

  #invoke(window: OpenWindow, early: boolean, repeated: boolean): Promise<InvocationResult | undefined> {
    const { source, context, signals, onState } = this.#options
    return context.concurrency.run(async (era) => {
      if (signals.drain.aborted) return undefined
      const permit = await context.invoker.acquire(context.functionName, signals.drain)
      try {
        if (signals.drain.aborted) return undefined
        onState('invoking')
        const payload = { kind: 'records', source, records: [], window: window.final(early) } as const
        const result = await context.invoker.invoke(permit.functionName, payload, { signal: signals.hard, permit })
        context.counters.invoked(0, repeated, result.report.durationMs)
        if (result.kind !== 'failure') context.concurrency.report(era, false)
        return result
      } finally {
        permit.release()
      }
    })
  }

  async #failed(message: string, failures: number): Promise<void> {
    const { context, source, signals, onState } = this.#options
    const { clock, parameters, random, warnings } = context
    warnings.warn(
      'window-not-closed',
      `The final invocation of a window of ${source.shard.shardId} has failed, and is repeated until it succeeds; the shard waits for it: ${message}`,
    )
    onState('closing-window')
    const limits = { baseMs: parameters.retryBackoffBaseMs, maxMs: parameters.retryBackoffMaxMs }
    await pause(clock, backoffMs(failures, limits, random), signals.drain)
  }
}
