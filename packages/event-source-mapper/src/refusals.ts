import { backoffMs } from './backoff.ts'
import type { MapperContext } from './mapper-context.ts'
import type { LaneState } from './mapper-stats.ts'
import { pause } from './waiting.ts'
import { messageOf } from './warnings.ts'

/** Waits of one lane for a function that was not run: nothing is spent then, and nothing is lost. */
export class Refusals {
  readonly #context: MapperContext
  /** In a row. */
  #count = 0

  constructor(context: MapperContext) {
    this.#context = context
  }

  /** The function was run. */
  over(): void {
    this.#count = 0
  }

  /** Until it is time to try again, or `drain` is aborted. */
  async wait(error: unknown, drain: AbortSignal, onState: (state: LaneState) => void): Promise<void> {
    const { clock, counters, functionName, parameters, random, warnings } = this.#context
    if (drain.aborted) return
    if (typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true) {
      counters.throttles++
      onState('throttled')
      const limits = { baseMs: parameters.retryBackoffBaseMs, maxMs: parameters.retryBackoffMaxMs }
      return pause(clock, backoffMs(this.#count++, limits, random), drain)
    }
    counters.unavailable++
    onState('unavailable')
    warnings.warn(
      'function-unavailable',
      `The function "${functionName}" cannot be run: ${messageOf(error)} Its records wait, and it is tried again every ${parameters.functionUnavailableWaitMs} ms.`,
    )
    await pause(clock, parameters.functionUnavailableWaitMs, drain)
  }
}
