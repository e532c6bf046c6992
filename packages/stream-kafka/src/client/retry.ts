import { type Clock, StreamError } from '@millrace/stream'

export interface RetryPolicy {
  readonly clock: Clock
  readonly random: () => number
  /** No attempt begins later than this after the first. */
  readonly totalMs: number
}

const firstDelayMs = 50
const delayMsMax = 1_000

/** Milliseconds to wait after so many failures: doubling up to a second, and a half of it by chance. */
export function backoffMs(failures: number, random: () => number): number {
  return Math.min(delayMsMax, firstDelayMs * 2 ** failures) * (0.5 + random() / 2)
}

/** Resolves after the delay, or as soon as the signal is aborted. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal?.aborted === true) return Promise.resolve()
  const done = (): void => {
    cancel()
    signal?.removeEventListener('abort', done)
    resolve()
  }
  const cancel = clock.schedule(delayMs, done)
  signal?.addEventListener('abort', done)
  return promise
}

/** Repeats work for as long as it fails with errors that may pass and there is time. Throws the last error. */
export async function retrying<Result>(policy: RetryPolicy, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  const end = policy.clock.now() + policy.totalMs
  for (let failures = 0; ; failures++) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      const passes = error instanceof StreamError && error.retryable
      const delayMs = backoffMs(failures, policy.random)
      if (!passes || policy.clock.now() + delayMs > end) throw error
      await pause(policy.clock, delayMs, signal)
    }
  }
}
