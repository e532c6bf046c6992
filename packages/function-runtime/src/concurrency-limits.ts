import type { ConcurrencyLimit, Coordination } from '@millrace/function'
import { InvokerClosedError } from '@millrace/function'

/**
 * The limits on how often functions run at once, of all processes together: one for each function that reserves concurrency, and one that all others share.
 * Reservations may change while functions run: what is taken stays taken, and those who wait go on waiting under the limit that holds then.
 */
export class ConcurrencyLimits {
  /** Of the whole account. */
  readonly accountMax: number
  readonly #coordination: Coordination
  readonly #waitersMax: number
  readonly #shared: ConcurrencyLimit
  readonly #reserved = new Map<string, ConcurrencyLimit>()
  #closed = false

  /** `reservations` by function name. */
  constructor(coordination: Coordination, accountMax: number, waitersMax: number, reservations: ReadonlyMap<string, number>) {
    this.accountMax = accountMax
    this.#coordination = coordination
    this.#waitersMax = waitersMax
    let unreserved = accountMax
    for (const [name, max] of reservations) {
      unreserved -= max
      this.#reserved.set(name, this.#open(name, max))
    }
    this.#shared = coordination.concurrencyLimit('account', { max: Math.max(0, unreserved), waitersMax })
  }

  /** What the functions without a reservation share. */
  get shared(): ConcurrencyLimit {
    return this.#shared
  }

  /** The limit that a function is under at present. */
  of(functionName: string): ConcurrencyLimit {
    return this.#reserved.get(functionName) ?? this.#shared
  }

  /** Reserves concurrency for a function, or no longer. Beyond what the account has left it is reserved all the same, and nothing is left for others. */
  reserve(functionName: string, max: number | undefined): void {
    const limit = this.#reserved.get(functionName)
    if (limit?.max === max) return
    if (max === undefined) {
      this.#reserved.delete(functionName)
      limit?.close()
    } else if (limit === undefined) this.#reserved.set(functionName, this.#open(functionName, max))
    else limit.resize(max)
    let unreserved = this.accountMax
    for (const { max } of this.#reserved.values()) unreserved -= max
    this.#shared.resize(Math.max(0, unreserved))
  }

  /** Waits for a slot; answers the limit that it is of. Rejects as `ConcurrencyLimit.take` does. */
  async take(functionName: string, signal: AbortSignal): Promise<ConcurrencyLimit> {
    for (;;) {
      const limit = this.of(functionName)
      try {
        await limit.take(signal)
        return limit
      } catch (error) {
        // The reservation was given up meanwhile: on under the one that holds now.
        if (this.#closed || !(error instanceof InvokerClosedError) || this.of(functionName) === limit) throw error
      }
    }
  }

  close(): void {
    this.#closed = true
    for (const limit of [this.#shared, ...this.#reserved.values()]) limit.close()
  }

  #open(functionName: string, max: number): ConcurrencyLimit {
    return this.#coordination.concurrencyLimit(`function/${functionName}`, { max, waitersMax: this.#waitersMax })
  }
}
