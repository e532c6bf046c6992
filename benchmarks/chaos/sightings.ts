import { type Expected, recordsOf } from './expected.ts'

/** At most so many ids are kept of each kind of violation. */
const examplesMax = 20

/** What was seen of the records that were sent, in the order in which it stands somewhere. */
export class Sightings {
  /** By source: how often each record was seen, up to 255. */
  readonly #seen: readonly Uint8Array[]
  /** By source: the last record that was seen for the first time. */
  readonly #last: number[]
  #total = 0
  #foreign = 0
  #outOfOrder = 0
  readonly #outOfOrderExamples: string[] = []

  constructor(expected: Expected) {
    this.#seen = Array.from({ length: expected.sources }, (_, source) => new Uint8Array(recordsOf(expected, source)))
    this.#last = this.#seen.map(() => -1)
  }

  /** A record stands next. A repeat says nothing about the order: it counts where it was seen first. */
  see(source: number, sequence: number): void {
    this.#total++
    const seen = this.#seen[source]
    if (seen === undefined || sequence >= seen.length) {
      this.#foreign++
      return
    }
    const times = seen[sequence] as number
    seen[sequence] = Math.min(255, times + 1)
    if (times > 0) return
    const last = this.#last[source] as number
    if (sequence < last) {
      this.#outOfOrder++
      if (this.#outOfOrderExamples.length < examplesMax) this.#outOfOrderExamples.push(`${source}-${sequence} after ${source}-${last}`)
    }
    this.#last[source] = sequence
  }

  /** Something that was never sent. */
  seeForeign(): void {
    this.#total++
    this.#foreign++
  }

  get summary(): SightingsSummary {
    const missing: string[] = []
    const repeated: string[] = []
    let distinct = 0
    let missingCount = 0
    let repeatedCount = 0
    for (const [source, seen] of this.#seen.entries()) {
      for (const [sequence, times] of seen.entries()) {
        if (times > 0) distinct++
        else if (++missingCount <= examplesMax) missing.push(`${source}-${sequence}`)
        if (times > 1 && ++repeatedCount <= examplesMax) repeated.push(`${source}-${sequence} (${times} times)`)
      }
    }
    return {
      total: this.#total,
      distinct,
      foreign: this.#foreign,
      missing: { count: missingCount, examples: missing },
      repeated: { count: repeatedCount, examples: repeated },
      outOfOrder: { count: this.#outOfOrder, examples: this.#outOfOrderExamples },
    }
  }
}

export interface SightingsSummary {
  readonly total: number
  readonly distinct: number
  readonly foreign: number
  readonly missing: Examples
  readonly repeated: Examples
  /** Records that were first seen behind a younger one of their source. */
  readonly outOfOrder: Examples
}

export interface Examples {
  readonly count: number
  readonly examples: readonly string[]
}
