import { InvokerClosedError, TooManyRequestsError } from '@millrace/function'

interface Waiter {
  readonly grant: () => void
  readonly refuse: (reason: unknown) => void
}

/** Counts what runs at once against a limit. Those who wait are served in the order in which they came. */
export class ConcurrencyLimit {
  readonly max: number
  readonly #waitersMax: number
  readonly #waiters = new Set<Waiter>()
  #taken = 0
  #closed = false

  constructor(max: number, waitersMax: number) {
    this.max = max
    this.#waitersMax = waitersMax
  }

  get taken(): number {
    return this.#taken
  }

  get waiting(): number {
    return this.#waiters.size
  }

  tryTake(): boolean {
    if (this.#taken >= this.max || this.#closed) return false
    this.#taken++
    return true
  }

  /** Rejects with the signal's reason, `InvokerClosedError`, or `TooManyRequestsError` when too many wait. */
  take(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new InvokerClosedError())
      if (signal.aborted) return reject(signal.reason as Error)
      if (this.tryTake()) return resolve()
      if (this.#waiters.size >= this.#waitersMax) {
        return reject(new TooManyRequestsError(`${this.#waiters.size} wait already for one of ${this.max} concurrent executions.`))
      }
      const stop = (): void => waiter.refuse(signal.reason)
      const leave = (): void => {
        this.#waiters.delete(waiter)
        signal.removeEventListener('abort', stop)
      }
      const waiter: Waiter = {
        grant: () => (leave(), resolve()),
        refuse: (reason) => (leave(), reject(reason)),
      }
      this.#waiters.add(waiter)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  give(): void {
    const next = this.#waiters.values().next().value
    if (next === undefined) this.#taken--
    else next.grant()
  }

  close(): void {
    this.#closed = true
    for (const waiter of this.#waiters) waiter.refuse(new InvokerClosedError())
  }
}
