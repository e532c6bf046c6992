/**
 * How fast one function may get new environments: so many at once, and as many again over ten seconds, continuously; what was not used does not add up.
 * https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
 */
export class ScaleOutBudget {
  readonly #max: number
  #left: number
  #at: number

  /** `per10Seconds` may be infinite. */
  constructor(per10Seconds: number, now: number) {
    this.#max = per10Seconds
    this.#left = per10Seconds
    this.#at = now
  }

  /** Whether an environment may be started now. */
  has(now: number): boolean {
    this.#refill(now)
    return this.#left >= 1
  }

  tryTake(now: number): boolean {
    if (!this.has(now)) return false
    this.#left--
    return true
  }

  /** Milliseconds until the next one may be started. */
  waitMs(now: number): number {
    this.#refill(now)
    return this.#left >= 1 ? 0 : Math.ceil(((1 - this.#left) / this.#max) * 10_000)
  }

  #refill(now: number): void {
    // A clock that was set back gives nothing, and takes nothing.
    if (now > this.#at && this.#left < this.#max) this.#left = Math.min(this.#max, this.#left + ((now - this.#at) / 10_000) * this.#max)
    this.#at = now
  }
}
