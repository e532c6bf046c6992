/** Time as the pipe sees it: handed in, so that tests own it. */
export interface PipeClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after `delayMs`; the function answered cancels. */
  schedule(delayMs: number, callback: () => void): () => void
}

/** Resolves after `delayMs`, or as soon as the signal is aborted. */
export function pause(clock: PipeClock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.schedule(delayMs, done)
    signal.addEventListener('abort', done)
  })
}
