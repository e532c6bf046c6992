import type { Rate, RateLimiter, RateStats } from '@millrace/function'
import { Buckets, TokenBucket } from '@millrace/function/local'

/** Token buckets of this process alone. */
export class LocalRateLimiter implements RateLimiter {
  readonly rate: Rate
  readonly #now: () => number
  readonly #buckets: Buckets<TokenBucket>
  #granted = 0
  #refused = 0

  constructor(rate: Rate, now: () => number) {
    this.rate = rate
    this.#now = now
    this.#buckets = new Buckets(
      (_key, at) => new TokenBucket(rate, at),
      (bucket, at) => bucket.isFull(at),
    )
  }

  tryTake(key: string, count: number, bytes: number): boolean {
    const now = this.#now()
    const taken = this.#buckets.get(key, now).tryTake(count, bytes, now)
    if (taken) this.#granted++
    return taken
  }

  take(key: string, count: number, bytes: number): Promise<boolean> {
    const taken = this.tryTake(key, count, bytes)
    if (!taken) this.#refused++
    return Promise.resolve(taken)
  }

  stats(): RateStats {
    return { granted: this.#granted, refused: this.#refused, keys: this.#buckets.size }
  }
}
