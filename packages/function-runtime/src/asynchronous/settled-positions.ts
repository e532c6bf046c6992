/** Follows what of a shard is settled: the checkpoint is the lowest position that is not. */
export class SettledPositions {
  readonly #open = new Set<number>()
  #next: number | undefined

  /** A record is in hand; in ascending order. */
  begin(position: number): void {
    this.#open.add(position)
    this.#next = position + 1
  }

  settle(position: number): void {
    this.#open.delete(position)
  }

  /** Records in hand. */
  get open(): number {
    return this.#open.size
  }

  /** Everything below it is settled; undefined before the first record. */
  get checkpoint(): number | undefined {
    // A set answers in the order of insertion, which is that of the positions.
    const first = this.#open.values().next()
    return first.done === true ? this.#next : first.value
  }
}
