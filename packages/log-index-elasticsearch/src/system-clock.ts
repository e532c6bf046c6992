/** What the adapter needs to know about time. */
export interface IndexClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after so many milliseconds; answers what takes the call back. */
  schedule(delayMs: number, callback: () => void): () => void
}

export const systemClock: IndexClock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
