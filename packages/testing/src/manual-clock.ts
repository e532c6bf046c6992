/** Time as logic sees it: handed in, so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after `delayMs`; the function answered cancels. */
  schedule(delayMs: number, callback: () => void): () => void
}

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  #now: number
  #next = 0
  readonly #timers = new Map<number, { readonly due: number; readonly callback: () => void }>()

  constructor(now = 1_700_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const id = this.#next++
    this.#timers.set(id, { due: this.#now + Math.max(0, delayMs), callback })
    return () => void this.#timers.delete(id)
  }

  /** Moves time on; timers that fall due fire in order, each at its own time. Lets promises settle in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    await settle()
    for (;;) {
      let id: number | undefined
      let due = Number.POSITIVE_INFINITY
      for (const [candidate, timer] of this.#timers) {
        if (timer.due <= end && timer.due < due) [id, due] = [candidate, timer.due]
      }
      if (id === undefined) break
      const timer = this.#timers.get(id)
      this.#timers.delete(id)
      this.#now = due
      timer?.callback()
      await settle()
    }
    this.#now = end
  }

  /** Number of timers that wait. */
  get pending(): number {
    return this.#timers.size
  }
}

/** Lets every promise that can settle do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
