import type { Rate } from '../coordination.ts'

/** A bucket of tokens that fills at a rate and holds `capacityMs` worth of it. It begins full. Time is handed in. */
export class TokenBucket {
  readonly #countPerMs: number
  readonly #bytesPerMs: number
  readonly #countMax: number
  readonly #bytesMax: number
  #count: number
  #bytes: number
  #filledAt: number

  constructor(rate: Rate, now: number, capacityMs = 1_000) {
    this.#countPerMs = rate.countPerSecond / 1_000
    this.#bytesPerMs = rate.bytesPerSecond / 1_000
    this.#count = this.#countMax = this.#countPerMs * capacityMs
    this.#bytes = this.#bytesMax = this.#bytesPerMs * capacityMs
    this.#filledAt = now
  }

  /** Takes both or nothing. More than the bucket holds is allowed when it is full, and leaves it in debt. */
  tryTake(count: number, bytes: number, now: number): boolean {
    this.#fill(now)
    if (this.#count < Math.min(count, this.#countMax) || this.#bytes < Math.min(bytes, this.#bytesMax)) return false
    this.#count -= count
    this.#bytes -= bytes
    return true
  }

  /** Nothing would be lost by forgetting this bucket. */
  isFull(now: number): boolean {
    this.#fill(now)
    return this.#count >= this.#countMax && this.#bytes >= this.#bytesMax
  }

  #fill(now: number): void {
    // A clock that was set back adds nothing.
    const elapsedMs = Math.max(0, now - this.#filledAt)
    this.#filledAt = now
    this.#count = Math.min(this.#countMax, this.#count + elapsedMs * this.#countPerMs)
    this.#bytes = Math.min(this.#bytesMax, this.#bytes + elapsedMs * this.#bytesPerMs)
  }
}
