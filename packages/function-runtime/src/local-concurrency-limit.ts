import {
  type ConcurrencyLimit,
  type ConcurrencyLimitOptions,
  type ConcurrencyStats,
  InvokerClosedError,
  TooManyRequestsError,
} from '@millrace/function'
import { WaitingLine } from '@millrace/function/local'

export interface LocalLimitHooks {
  /** Throws where the limit cannot be. */
  onResize(max: number): void
  onClose(): void
}

/** A limit of this process alone. Those who wait are served in the order in which they came. */
export class LocalConcurrencyLimit implements ConcurrencyLimit {
  readonly #waitersMax: number
  readonly #hooks: LocalLimitHooks | undefined
  readonly #line = new WaitingLine()
  #max: number
  #taken = 0
  #closed = false

  constructor(options: Required<ConcurrencyLimitOptions>, hooks?: LocalLimitHooks) {
    this.#max = options.max
    this.#waitersMax = options.waitersMax
    this.#hooks = hooks
  }

  get max(): number {
    return this.#max
  }

  resize(max: number): void {
    this.#hooks?.onResize(max)
    this.#max = max
    while (this.#taken < max && this.#line.admit()) this.#taken++
  }

  tryTake(): boolean {
    if (this.#taken >= this.max || this.#closed) return false
    this.#taken++
    return true
  }

  request(): Promise<boolean> {
    return Promise.resolve(this.tryTake())
  }

  take(signal: AbortSignal): Promise<void> {
    if (this.#closed) return Promise.reject(new InvokerClosedError())
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    if (this.tryTake()) return Promise.resolve()
    if (this.#line.length < this.#waitersMax) return this.#line.join(signal)
    return Promise.reject(new TooManyRequestsError(`${this.#line.length} wait already for one of ${this.max} concurrent executions.`))
  }

  give(): void {
    // A slot goes from hand to hand, so nobody who comes in between gets it first.
    if (this.#taken > this.#max || !this.#line.admit()) this.#taken--
  }

  stats(): ConcurrencyStats {
    return { max: this.max, taken: this.#taken, waiting: this.#line.length, allowed: this.max }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#line.clear(new InvokerClosedError())
    this.#hooks?.onClose()
  }
}
