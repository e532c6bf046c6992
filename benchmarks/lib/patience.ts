const stillMsMax = 60_000

/** Ends a wait for a number that has stopped growing. */
export class Patience {
  #seen = Number.NaN
  #since = 0

  /** Throws when the number has been the same for a minute. */
  seen(value: number): void {
    if (value !== this.#seen) {
      this.#seen = value
      this.#since = performance.now()
    } else if (performance.now() - this.#since > stillMsMax)
      throw new Error(`Nothing has moved for ${stillMsMax / 1_000} s: still ${value}.`)
  }
}
