interface Waiter {
  readonly admit: () => void
  readonly refuse: (reason: unknown) => void
}

/** Those who wait, in the order in which they came. How many may is for the caller to bound. */
export class WaitingLine {
  readonly #waiters = new Set<Waiter>()

  get length(): number {
    return this.#waiters.size
  }

  /** Resolves when it is this one's turn. Rejects with the signal's reason, or with what the line is cleared with. */
  join(signal: AbortSignal, onLeave?: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const leave = (): void => {
        this.#waiters.delete(waiter)
        signal.removeEventListener('abort', stop)
      }
      const waiter: Waiter = {
        admit: () => (leave(), resolve()),
        refuse: (reason) => (leave(), reject(reason)),
      }
      const stop = (): void => {
        waiter.refuse(signal.reason)
        onLeave?.()
      }
      this.#waiters.add(waiter)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  /** Lets the first one go on; false when nobody waits. */
  admit(): boolean {
    const next = this.#waiters.values().next().value
    next?.admit()
    return next !== undefined
  }

  clear(reason: unknown): void {
    for (const waiter of this.#waiters) waiter.refuse(reason)
  }
}
