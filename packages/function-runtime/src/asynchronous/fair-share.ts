/**
 * Shares a bounded amount out among functions: each may take as much as it leaves free. A function alone has half of it, two a third each, and whoever
 * comes next finds something.
 */
export class FairShare {
  readonly #max: number
  readonly #taken = new Map<string, number>()
  #total = 0

  constructor(max: number) {
    this.#max = max
  }

  get total(): number {
    return this.#total
  }

  /** Something is free at all, for whomever. */
  get hasRoom(): boolean {
    return this.#total < this.#max
  }

  /** Whether a function may take more. */
  allows(name: string): boolean {
    return this.hasRoom && (this.#taken.get(name) ?? 0) < this.#max - this.#total
  }

  take(name: string, amount: number): void {
    this.#total += amount
    this.#taken.set(name, (this.#taken.get(name) ?? 0) + amount)
  }

  give(name: string, amount: number): void {
    this.#total -= amount
    const left = (this.#taken.get(name) ?? 0) - amount
    if (left > 0) this.#taken.set(name, left)
    else this.#taken.delete(name)
  }
}
