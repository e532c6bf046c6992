import { SearchLimitError, fieldValues, searchLimits } from '@millrace/log-index'
import type { Aggregation, Bucket, Scalar } from '@millrace/log-index'

/** Different values of a field that a terms aggregation counts; with more it gives up. */
const distinctMax = 500_000

/** Counts documents for the aggregations of a search. */
export class Aggregator {
  readonly #counters: readonly (readonly [name: string, counter: Counter])[]
  /** Whether documents have to be parsed for it. */
  readonly needsDocuments: boolean
  readonly isEmpty: boolean

  constructor(aggregations: Readonly<Record<string, Aggregation>>) {
    this.#counters = Object.entries(aggregations).map(([name, aggregation]) => [name, counterOf(name, aggregation)])
    this.needsDocuments = Object.values(aggregations).some(({ type }) => type === 'terms')
    this.isEmpty = this.#counters.length === 0
  }

  /** `document` may be left out unless `needsDocuments`. Throws `SearchLimitError`. */
  add(timestamp: number, document: unknown): void {
    for (const [, counter] of this.#counters) counter.add(timestamp, document)
  }

  result(): Record<string, readonly Bucket[]> {
    return Object.fromEntries(this.#counters.map(([name, counter]) => [name, counter.buckets()]))
  }
}

interface Counter {
  add(timestamp: number, document: unknown): void
  buckets(): readonly Bucket[]
}

function counterOf(name: string, aggregation: Aggregation): Counter {
  return aggregation.type === 'terms'
    ? new TermsCounter(name, aggregation.field, aggregation.size)
    : new HistogramCounter(name, aggregation.intervalMs)
}

class TermsCounter implements Counter {
  readonly #counts = new Map<Scalar, number>()
  readonly #name: string
  readonly #field: string
  readonly #size: number

  constructor(name: string, field: string, size: number) {
    this.#name = name
    this.#field = field
    this.#size = size
  }

  add(_: number, document: unknown): void {
    const values = fieldValues(document, this.#field)
    // A document counts once for each of its values, as often as it may have it.
    for (const value of values.length > 1 ? new Set(values) : values) this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1)
    if (this.#counts.size > distinctMax) {
      throw new SearchLimitError(
        `The aggregation "${this.#name}" found more than ${distinctMax} different values of "${this.#field}". Narrow the time range or the query.`,
      )
    }
  }

  buckets(): readonly Bucket[] {
    const all = [...this.#counts].map(([key, count]) => ({ key, count }))
    return all.sort((a, b) => b.count - a.count || compareKeys(a.key, b.key)).slice(0, this.#size)
  }
}

function compareKeys(a: Scalar, b: Scalar): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [String(a), String(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

class HistogramCounter implements Counter {
  readonly #counts = new Map<number, number>()
  readonly #name: string
  readonly #intervalMs: number

  constructor(name: string, intervalMs: number) {
    this.#name = name
    this.#intervalMs = intervalMs
  }

  add(timestamp: number): void {
    const key = Math.floor(timestamp / this.#intervalMs) * this.#intervalMs
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    if (this.#counts.size > searchLimits.bucketsMax) {
      throw new SearchLimitError(
        `The aggregation "${this.#name}" has more than ${searchLimits.bucketsMax} buckets of ${this.#intervalMs} ms. Use longer ones, or narrow the time range.`,
      )
    }
  }

  buckets(): readonly Bucket[] {
    return [...this.#counts].map(([key, count]) => ({ key, count })).sort((a, b) => a.key - b.key)
  }
}
