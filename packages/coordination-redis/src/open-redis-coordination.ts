import type { ConcurrencyLimit, ConcurrencyLimitOptions, Coordination, CoordinationStats, Rate, RateLimiter } from '@millrace/function'
import { checkLimit, checkRate, Scopes } from '@millrace/function/local'
import { RedisClient } from './connection/redis-client.ts'
import { RedisLink } from './connection/redis-link.ts'
import { type RedisCoordinationOptions, resolveOptions, type Settings } from './options.ts'
import { RedisConcurrencyLimit } from './permits/redis-concurrency-limit.ts'
import { RedisRateLimiter } from './rates/redis-rate-limiter.ts'

/**
 * Limits of all processes that have the same Redis and `keyPrefix`.
 *
 * Throws `InvalidCoordinationOptionError` for options that cannot be and for a password that Redis refuses, `RedisUnavailableError` when there is none.
 * Later on nothing of this throws for Redis's sake: see `Coordination` and `onStateChange`.
 */
export async function openRedisCoordination(options: RedisCoordinationOptions): Promise<Coordination> {
  const settings = resolveOptions(options)
  const link = new RedisLink(new RedisClient(settings), settings)
  await link.open()
  return new RedisCoordination(link, settings)
}

class RedisCoordination implements Coordination {
  readonly #link: RedisLink
  readonly #settings: Settings
  readonly #limits = new Scopes<RedisConcurrencyLimit, Required<ConcurrencyLimitOptions>>()
  readonly #rates = new Scopes<RedisRateLimiter, Rate>()
  /** Also those that are closed and have slots on record. */
  readonly #claimants = new Set<RedisConcurrencyLimit>()
  #closed: Promise<void> | undefined

  constructor(link: RedisLink, settings: Settings) {
    this.#link = link
    this.#settings = settings
  }

  concurrencyLimit(scope: string, options: ConcurrencyLimitOptions): ConcurrencyLimit {
    const limit = checkLimit(scope, options)
    return this.#limits.get(scope, limit, () => this.#makeLimit(scope, limit))
  }

  rateLimiter(scope: string, rate: Rate): RateLimiter {
    const checked = checkRate(scope, rate)
    return this.#rates.get(scope, checked, () => new RedisRateLimiter(scope, checked, this.#link, this.#settings))
  }

  stats(): CoordinationStats {
    const { state, degradations, processes, roundTrips, failures } = this.#link
    return {
      degraded: state === 'alone',
      degradations,
      processes,
      roundTrips,
      failures,
      concurrency: this.#limits.map((limit) => limit.stats()),
      rates: this.#rates.map((limiter) => limiter.stats()),
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#limits.close()
    this.#rates.close()
    await Promise.all([...this.#claimants].map((limit) => limit.leave()))
    await this.#link.close()
  }

  #makeLimit(scope: string, options: Required<ConcurrencyLimitOptions>): RedisConcurrencyLimit {
    const limit = new RedisConcurrencyLimit(scope, options, this.#link, this.#settings, {
      onResize: (max) => this.#limits.change(scope, checkLimit(scope, { ...options, max })),
      onClose: () => this.#limits.drop(scope),
      onEnd: () => this.#claimants.delete(limit),
    })
    this.#claimants.add(limit)
    return limit
  }
}
