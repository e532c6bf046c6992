import type { Rate, RateLimiter, RateStats } from '@millrace/function'
import { Buckets, TokenBucket } from '@millrace/function/local'
import type { RedisLink } from '../connection/redis-link.ts'
import type { Settings } from '../options.ts'
import { TokenBlock, type Tokens } from './token-block.ts'
import { tokensScript } from './tokens-script.ts'

/** A refusal is not asked about again for this long at most, since the next one may need less. */
const refusalMsMax = 20
/** Requests that one call makes at most; others may use up what it asked for. */
const attemptsMax = 5
/** A bucket that was not used for this long is full, and is forgotten. */
const idleMs = 10_000

interface Bucket {
  readonly block: TokenBlock
  /** Of this process alone, while Redis does not answer. */
  own: TokenBucket | undefined
  request: Promise<void> | undefined
  /** What those who wait for the request need together. */
  waitingCount: number
  waitingBytes: number
}

/**
 * Token buckets that all processes take blocks from. While Redis does not answer, each process has buckets of its own that fill at its part of
 * the rate, at once: a rate is over in a second, so there are no leases to wait for.
 */
export class RedisRateLimiter implements RateLimiter {
  readonly rate: Rate
  readonly #scope: string
  readonly #link: RedisLink
  readonly #settings: Settings
  readonly #buckets: Buckets<Bucket>
  #granted = 0
  #refused = 0

  constructor(scope: string, rate: Rate, link: RedisLink, settings: Settings) {
    this.rate = rate
    this.#scope = scope
    this.#link = link
    this.#settings = settings
    this.#buckets = new Buckets<Bucket>(
      (_key, now) => ({ block: new TokenBlock(rate, now), own: undefined, request: undefined, waitingCount: 0, waitingBytes: 0 }),
      ({ block, request }, now) => request === undefined && now - block.usedAt > idleMs,
    )
  }

  tryTake(key: string, count: number, bytes: number): boolean {
    const now = this.#settings.clock.now()
    const bucket = this.#buckets.get(key, now)
    return this.#tryTake(key, bucket, count, bytes, now)
  }

  async take(key: string, count: number, bytes: number): Promise<boolean> {
    const { clock } = this.#settings
    const bucket = this.#buckets.get(key, clock.now())
    for (let attempt = 0; ; attempt++) {
      const now = clock.now()
      if (this.#tryTake(key, bucket, count, bytes, now)) return true
      if (this.#link.state !== 'shared' || bucket.block.isRefused(count, bytes, now) || attempt === attemptsMax) break
      bucket.waitingCount += count
      bucket.waitingBytes += bytes
      await this.#ask(key, bucket, { count, bytes })
      bucket.waitingCount -= count
      bucket.waitingBytes -= bytes
    }
    this.#refused++
    return false
  }

  stats(): RateStats {
    return { granted: this.#granted, refused: this.#refused, keys: this.#buckets.size }
  }

  #tryTake(key: string, bucket: Bucket, count: number, bytes: number, now: number): boolean {
    const taken =
      this.#link.state === 'shared' ? this.#tryTakeLeased(key, bucket, count, bytes, now) : this.#tryTakeOwn(bucket, count, bytes, now)
    if (taken) this.#granted++
    return taken
  }

  #tryTakeLeased(key: string, bucket: Bucket, count: number, bytes: number, now: number): boolean {
    const { block } = bucket
    bucket.own = undefined
    const taken = block.tryTake(count, bytes, now)
    if (taken && block.low && bucket.request === undefined) void this.#ask(key, bucket, { count: 1, bytes: 1 })
    return taken
  }

  #tryTakeOwn(bucket: Bucket, count: number, bytes: number, now: number): boolean {
    const { processes } = this.#link
    bucket.block.usedAt = now
    bucket.own ??= new TokenBucket(
      { countPerSecond: this.rate.countPerSecond / processes, bytesPerSecond: this.rate.bytesPerSecond / processes },
      now,
    )
    return bucket.own.tryTake(count, bytes, now)
  }

  /** One request of a bucket at a time. Never rejects. */
  #ask(key: string, bucket: Bucket, need: Tokens): Promise<void> {
    // Sent after everything that runs now, so that it asks for all who come together.
    bucket.request ??= Promise.resolve()
      .then(() => this.#exchange(key, bucket, need))
      .finally(() => {
        bucket.request = undefined
      })
    return bucket.request
  }

  async #exchange(key: string, { block, ...bucket }: Bucket, need: Tokens): Promise<void> {
    const { clock } = this.#settings
    const sentAt = clock.now()
    const usual = block.wanted(need, this.#link.processes)
    const want = { count: Math.max(usual.count, bucket.waitingCount), bytes: Math.max(usual.bytes, bucket.waitingBytes) }
    const { countPerSecond, bytesPerSecond } = this.rate
    const args = [countPerSecond, bytesPerSecond, need.count, need.bytes, want.count, want.bytes]
    try {
      const [count = 0, bytes = 0, waitMs = 0, leftCount = 0, leftBytes = 0] = await this.#link.run(
        tokensScript,
        this.#link.key('rate', `${this.#scope}/${key}`),
        args,
      )
      if (waitMs === 0) block.add({ count, bytes }, sentAt)
      // Less than was wanted: asking early would be asking in vain.
      if (waitMs > 0 || count < want.count || bytes < want.bytes) {
        block.refuse({ count: leftCount, bytes: leftBytes }, clock.now() + Math.min(waitMs, refusalMsMax))
      }
    } catch {
      // The link has noticed: from here on the bucket is this process's own.
    }
  }
}
