import type { DestinationRecord, Invoker } from '@millrace/function'
import type { DeadLetterStore } from '@millrace/stream'
import type { Clock } from '../clock.ts'
import type { AsyncQueue } from './async-queue.ts'
import type { AsyncSettings } from './async-settings.ts'
import type { AsyncMeters } from './async-stats.ts'

/** What all parts of asynchronous invocation are given. */
export interface AsyncContext {
  readonly invoker: Invoker
  readonly queue: AsyncQueue
  readonly deadLetters: DeadLetterStore
  readonly clock: Clock
  readonly meters: AsyncMeters
  readonly limits: AsyncLimits
  settingsOf(functionName: string): AsyncSettings
  deliver(destination: string, record: DestinationRecord, signal: AbortSignal): Promise<void>
  warn(message: string): void
}

export interface AsyncLimits {
  /** Events that run at once in this process. */
  readonly concurrencyMax: number
  /** Events in hand, running or about to run, and their bytes. */
  readonly eventsMax: number
  readonly bytesMax: number
  /** How long an event waits for a function that is at its limit before it is put back. */
  readonly throttleWaitMs: number
  /** Between two attempts to write what has to be written. */
  readonly writeRetryMs: number
  /** Between two looks for the streams, which another process may have made. */
  readonly discoveryMs: number
  readonly checkpointMs: number
  /** How long events that run may take to end when this process stops. */
  readonly shutdownGraceMs: number
}

export const asyncLimitDefaults: AsyncLimits = {
  concurrencyMax: 100,
  eventsMax: 2_000,
  bytesMax: 33_554_432,
  throttleWaitMs: 1_000,
  writeRetryMs: 1_000,
  discoveryMs: 10_000,
  checkpointMs: 500,
  shutdownGraceMs: 8_000,
}
