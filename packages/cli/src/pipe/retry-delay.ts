export interface RetryDelayOptions {
  readonly retryDelayMs: number
  readonly retryDelayMsMax: number
  /** In [0, 1). */
  readonly random: () => number
}

/** Doubles with every attempt (from 0) up to the limit; a random part of it, at least half, so that many pipes do not come back at once. */
export function retryDelay(attempt: number, options: RetryDelayOptions): number {
  const whole = Math.min(options.retryDelayMsMax, options.retryDelayMs * 2 ** Math.min(attempt, 30))
  return whole * (0.5 + options.random() / 2)
}
