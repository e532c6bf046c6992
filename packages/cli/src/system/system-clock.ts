/** The machine's time, in the shape in which logic takes it. */
export const systemClock: { now(): number; schedule(delayMs: number, callback: () => void): () => void } = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
