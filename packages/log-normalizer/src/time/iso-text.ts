/** Writes `@timestamp`s. Lines of one second share the text up to the second, which most neighbours do. */
export class IsoText {
  #second = Number.NaN
  #prefix = ''

  /** ISO 8601 in UTC with milliseconds. `epochMs` must be in the range of `Date`. */
  of(epochMs: number): string {
    const second = Math.floor(epochMs / 1_000)
    if (second !== this.#second) {
      this.#prefix = new Date(second * 1_000).toISOString().slice(0, -4)
      this.#second = second
    }
    const ms = Math.floor(epochMs) - second * 1_000
    return `${this.#prefix}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`
  }
}
