/** What is known of many durations. In milliseconds; quantiles are at most a tenth too high. */
export interface DurationSummary {
  readonly count: number
  readonly minMs: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const bucketsPerOctave = 8
const shortestMs = 0.01
/** Up to 2^27 times the shortest: more than Lambda's 15 minutes. */
const bucketCount = 27 * bucketsPerOctave + 1

/** Durations in buckets that grow by a constant factor: bounded, whatever is recorded. */
export class DurationHistogram {
  readonly #buckets = new Float64Array(bucketCount)
  #count = 0
  #sumMs = 0
  #minMs = Number.POSITIVE_INFINITY
  #maxMs = 0

  record(durationMs: number): void {
    const bucket = durationMs <= shortestMs ? 0 : Math.ceil(Math.log2(durationMs / shortestMs) * bucketsPerOctave)
    const index = Math.min(bucket, bucketCount - 1)
    this.#buckets[index] = (this.#buckets[index] as number) + 1
    this.#count++
    this.#sumMs += durationMs
    if (durationMs < this.#minMs) this.#minMs = durationMs
    if (durationMs > this.#maxMs) this.#maxMs = durationMs
  }

  summary(): DurationSummary {
    return {
      count: this.#count,
      minMs: this.#count === 0 ? 0 : this.#minMs,
      meanMs: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      p50Ms: this.#quantile(0.5),
      p95Ms: this.#quantile(0.95),
      p99Ms: this.#quantile(0.99),
      maxMs: this.#maxMs,
    }
  }

  #quantile(share: number): number {
    const rank = Math.ceil(share * this.#count)
    let seen = 0
    for (let index = 0; index < bucketCount; index++) {
      seen += this.#buckets[index] as number
      if (seen >= rank && seen > 0) return Math.min(this.#maxMs, shortestMs * 2 ** (index / bucketsPerOctave))
    }
    return this.#maxMs
  }
}
