/** Time as the index sees it. */
export interface IndexClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after `delayMs`; the function answered cancels. */
  schedule(delayMs: number, callback: () => void): () => void
}

/** The machine's time. A timer does not keep the process alive. */
export const systemClock: IndexClock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
