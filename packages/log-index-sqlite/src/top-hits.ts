import type { SearchHit, SortKey } from '@millrace/log-index'

/** The first documents in the order of the search, of all that were offered. Documents of equal time are ordered by their id. */
export class TopHits {
  readonly #size: number
  readonly #descending: boolean
  readonly #after: SortKey | undefined
  #hits: SearchHit[] = []
  /** A document must come before this one to be of interest. */
  #last: SortKey | undefined

  constructor(size: number, order: 'asc' | 'desc', after: SortKey | undefined) {
    this.#size = size
    this.#descending = order === 'desc'
    this.#after = after
  }

  /** Whether a document of this time may still get in. */
  mayTake(timestamp: number): boolean {
    if (this.#size === 0) return false
    if (this.#after !== undefined && this.#isBefore(timestamp, this.#after[0])) return false
    return this.#last === undefined || !this.#isBefore(this.#last[0], timestamp)
  }

  /** Whether a document of a time between these may still get in. */
  mayTakeBetween(min: number, max: number): boolean {
    if (this.#size === 0) return false
    if (this.#after !== undefined && this.#isBefore(this.#descending ? min : max, this.#after[0])) return false
    return this.#last === undefined || !this.#isBefore(this.#last[0], this.#descending ? max : min)
  }

  takes(timestamp: number, id: string): boolean {
    if (!this.mayTake(timestamp)) return false
    const key: SortKey = [timestamp, id]
    return (
      (this.#after === undefined || this.#compare(this.#after, key) < 0) && (this.#last === undefined || this.#compare(key, this.#last) < 0)
    )
  }

  add(hit: SearchHit): void {
    this.#hits.push(hit)
    if (this.#hits.length >= this.#size * 2 + 100) this.#cut()
  }

  hits(): readonly SearchHit[] {
    this.#cut()
    return this.#hits
  }

  #cut(): void {
    this.#hits.sort((a, b) => this.#compare(a.sort, b.sort))
    this.#hits.length = Math.min(this.#hits.length, this.#size)
    if (this.#hits.length === this.#size) this.#last = this.#hits.at(-1)?.sort
  }

  /** To be called when a block is done: lets blocks of later times be left out. */
  settle(): void {
    if (this.#hits.length >= this.#size) this.#cut()
  }

  #isBefore(a: number, b: number): boolean {
    return this.#descending ? a > b : a < b
  }

  #compare(a: SortKey, b: SortKey): number {
    const order = a[0] === b[0] ? (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0) : a[0] - b[0]
    return this.#descending ? -order : order
  }
}
