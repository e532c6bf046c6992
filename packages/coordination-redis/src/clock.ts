/** Time as leases see it, handed in so that tests own it. */
export interface Clock {
  /** Milliseconds that only ever go on: differences count, never the time of day. */
  now(): number
  /** Calls back once after `delayMs`; the function answered cancels. */
  schedule(delayMs: number, callback: () => void): () => void
}

/** The machine's clock, which nobody can set back. */
export const monotonicClock: Clock = {
  now: () => performance.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
