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
   * Executions of the function that are taken of the limit that it is under: permits that are held, and invocations without one.
   */
  readonly concurrentExecutions: number
  /** Most of them at once so far. */
  readonly concurrentExecutionsMax: number
  /** Of all processes together; for a function that reserves none what all such functions share. */
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
  /** Invocations that ran in environments that are kept ready, and those that did not though there are such. */
  readonly provisionedInvocations: number
  readonly spilloverInvocations: number
  /** Share of the provisioned concurrency that is in use, 0 to 1. */
  readonly provisionedConcurrencyUtilization: number
  readonly provisionedConcurrency: number
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
  | 'concurrentExecutionsMax'
  | 'provisionedInvocations'
  | 'spilloverInvocations'
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
  provisionedInvocations = 0
  spilloverInvocations = 0
  #concurrentExecutions = 0
  #concurrentExecutionsMax = 0
  #billedDurationMs = 0
  #gbSeconds = 0
  #maxMemoryUsedMb = 0
  readonly #durations = new DurationHistogram()
  readonly #initDurations = new DurationHistogram()

  get concurrentExecutions(): number {
    return this.#concurrentExecutions
  }

  /** An execution was taken. */
  enter(): void {
    if (++this.#concurrentExecutions > this.#concurrentExecutionsMax) this.#concurrentExecutionsMax = this.#concurrentExecutions
  }

  leave(): void {
    this.#concurrentExecutions--
  }

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
    const {
      invocations,
      coldStarts,
      environmentStarts,
      initFailures,
      errors,
      timeouts,
      throttles,
      provisionedInvocations,
      spilloverInvocations,
    } = this
    return {
      invocations,
      coldStarts,
      environmentStarts,
      initFailures,
      errors,
      timeouts,
      throttles,
      provisionedInvocations,
      spilloverInvocations,
      concurrentExecutionsMax: this.#concurrentExecutionsMax,
      billedDurationMs: this.#billedDurationMs,
      gbSeconds: this.#gbSeconds,
      maxMemoryUsedMb: this.#maxMemoryUsedMb,
      durations: this.#durations.summary(),
      initDurations: this.#initDurations.summary(),
    }
  }
}
