import type { InvocationReport } from '@millrace/function'
import { DurationHistogram, type DurationSummary } from './duration-histogram.ts'

/** What one function did since the runtime began; as Lambda's metrics and bill have it. */
export interface FunctionStats {
  /** Environments that are initialising, ready, or busy. */
  readonly environments: number
  readonly startingEnvironments: number
  readonly busyInvocations: number
  /** Invocations that wait for an environment. */
  readonly queuedInvocations: number
  /**
   * Concurrent executions that are taken of the limit that the function is under (its own, or the one it shares with all that reserve none):
   * permits that are held, and invocations without one.
   */
  readonly concurrentExecutions: number
  readonly concurrencyMax: number
  /** Invocations that were run, whatever came of them. */
  readonly invocations: number
  readonly coldStarts: number
  /** Environments that were started; with provisioned ones and those that failed. */
  readonly environmentStarts: number
  readonly initFailures: number
  /** Invocations that ended as a failure; time-outs included. */
  readonly errors: number
  readonly timeouts: number
  /** Invocations that were refused because of a concurrency limit. */
  readonly throttles: number
  readonly durations: DurationSummary
  readonly initDurations: DurationSummary
  readonly billedDurationMs: number
  readonly gbSeconds: number
  readonly memorySizeMb: number
  readonly maxMemoryUsedMb: number
}

type Counters = Pick<
  FunctionStats,
  | 'invocations'
  | 'coldStarts'
  | 'environmentStarts'
  | 'initFailures'
  | 'errors'
  | 'timeouts'
  | 'throttles'
  | 'billedDurationMs'
  | 'gbSeconds'
  | 'maxMemoryUsedMb'
  | 'durations'
  | 'initDurations'
>

/** Counts for one function. */
export class FunctionMeter {
  invocations = 0
  coldStarts = 0
  environmentStarts = 0
  initFailures = 0
  errors = 0
  timeouts = 0
  throttles = 0
  #billedDurationMs = 0
  #gbSeconds = 0
  #maxMemoryUsedMb = 0
  readonly #durations = new DurationHistogram()
  readonly #initDurations = new DurationHistogram()

  recordInvocation(report: InvocationReport): void {
    this.invocations++
    if (report.initDurationMs !== undefined) this.coldStarts++
    this.#durations.record(report.durationMs)
    this.#billedDurationMs += report.billedDurationMs
    this.#gbSeconds += (report.billedDurationMs / 1000) * (report.memorySizeMb / 1024)
    this.#maxMemoryUsedMb = Math.max(this.#maxMemoryUsedMb, report.maxMemoryUsedMb)
  }

  recordInit(initDurationMs: number): void {
    this.#initDurations.record(initDurationMs)
  }

  counters(): Counters {
    const { invocations, coldStarts, environmentStarts, initFailures, errors, timeouts, throttles } = this
    return {
      invocations,
      coldStarts,
      environmentStarts,
      initFailures,
      errors,
      timeouts,
      throttles,
      billedDurationMs: this.#billedDurationMs,
      gbSeconds: this.#gbSeconds,
      maxMemoryUsedMb: this.#maxMemoryUsedMb,
      durations: this.#durations.summary(),
      initDurations: this.#initDurations.summary(),
    }
  }
}
