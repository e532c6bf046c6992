import type { LimitFunction } from 'p-limit'
import pLimit from 'p-limit'

/** What one invocation says about the load: given to `report` when it has ended. */
export type Era = number

/** Share of the invocations under way that is left after an overload. */
const decreaseFactor = 0.5
/** Rounds of good answers that lead from nothing to the ceiling. */
const increaseRounds = 100

/**
 * How many invocations run at once: additive increase, multiplicative decrease. The limit falls when the index pushes back, once for all
 * invocations that were under way together, and rises with each round of good answers. Errors leave it as it is.
 */
export class AdaptiveConcurrency {
  #concurrencyMax: number
  #lanes = 1
  readonly #limit: LimitFunction
  #ceiling = 1
  #target = 1
  #era: Era = 0

  constructor(concurrencyMax: number) {
    this.#concurrencyMax = concurrencyMax
    this.#limit = pLimit(1)
  }

  /** Runs the task as soon as the limit allows, first come, first served. */
  run<T>(task: (era: Era) => Promise<T>): Promise<T> {
    return this.#limit(() => task(this.#era))
  }

  /** More than `lanes` can never be under way, and counting further up would only make the next decrease miss. */
  setLanes(lanes: number): void {
    this.#lanes = lanes
    this.#setCeiling()
  }

  get concurrencyMax(): number {
    return this.#concurrencyMax
  }

  set concurrencyMax(concurrencyMax: number) {
    this.#concurrencyMax = concurrencyMax
    this.#setCeiling()
  }

  #setCeiling(): void {
    const ceiling = Math.max(1, Math.min(this.#lanes, this.#concurrencyMax))
    if (this.#target >= this.#ceiling || this.#target > ceiling) this.#target = ceiling
    this.#ceiling = ceiling
    this.#apply()
  }

  /** Called inside of the task, when its invocation has ended. */
  report(era: Era, overloaded: boolean): void {
    if (!overloaded) this.#target = Math.min(this.#ceiling, this.#target + Math.max(1, this.#ceiling / increaseRounds) / this.#target)
    else if (era === this.#era) {
      this.#era++
      this.#target = Math.max(1, Math.min(this.#target, this.#limit.activeCount) * decreaseFactor)
    }
    this.#apply()
  }

  get limit(): number {
    return this.#limit.concurrency
  }

  /** What the limit would be if nothing pushed back. */
  get ceiling(): number {
    return this.#ceiling
  }

  get active(): number {
    return this.#limit.activeCount
  }

  get waiting(): number {
    return this.#limit.pendingCount
  }

  #apply(): void {
    const limit = Math.floor(this.#target)
    if (limit !== this.#limit.concurrency) this.#limit.concurrency = limit
  }
}
