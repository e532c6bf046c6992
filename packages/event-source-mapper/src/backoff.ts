/** Bounds of the wait before a repeat. */
export interface BackoffLimits {
  /** Upper bound of the first wait, in milliseconds. */
  readonly baseMs: number
  /** Upper bound of every wait, in milliseconds. */
  readonly maxMs: number
}

/**
 * Exponential backoff with full jitter: the wait before repeat `attempt` (0 for the first) is anywhere between nothing and the base doubled
 * `attempt` times, at most `maxMs`. The jitter keeps lanes that failed together from coming back together.
 */
export function backoffMs(attempt: number, limits: BackoffLimits, random: () => number): number {
  // 2^31 of any base is past every bound; without the cap a long outage would end in Infinity.
  return Math.round(random() * Math.min(limits.maxMs, limits.baseMs * 2 ** Math.min(attempt, 31)))
}
