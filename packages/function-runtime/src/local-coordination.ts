import type { ConcurrencyLimit, ConcurrencyLimitOptions, Coordination, CoordinationStats, Rate, RateLimiter } from '@millrace/function'
import { checkLimit, checkRate, Scopes } from '@millrace/function/local'
import { type Clock, systemClock } from './clock.ts'
import { LocalConcurrencyLimit } from './local-concurrency-limit.ts'
import { LocalRateLimiter } from './local-rate-limiter.ts'

/** Limits of a process that is the whole system. */
export function createLocalCoordination(clock: Pick<Clock, 'now'> = systemClock): Coordination {
  return new LocalCoordination(clock)
}

class LocalCoordination implements Coordination {
  readonly #now: () => number
  readonly #limits = new Scopes<LocalConcurrencyLimit, Required<ConcurrencyLimitOptions>>()
  readonly #rates = new Scopes<LocalRateLimiter, Rate>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#now = () => clock.now()
  }

  concurrencyLimit(scope: string, options: ConcurrencyLimitOptions): ConcurrencyLimit {
    const settings = checkLimit(scope, options)
    const hooks = {
      onResize: (max: number) => this.#limits.change(scope, checkLimit(scope, { ...settings, max })),
      onClose: () => this.#limits.drop(scope),
    }
    return this.#limits.get(scope, settings, () => new LocalConcurrencyLimit(settings, hooks))
  }

  rateLimiter(scope: string, rate: Rate): RateLimiter {
    const settings = checkRate(scope, rate)
    return this.#rates.get(scope, settings, () => new LocalRateLimiter(settings, this.#now))
  }

  stats(): CoordinationStats {
    return {
      degraded: false,
      degradations: 0,
      processes: 1,
      roundTrips: 0,
      failures: 0,
      concurrency: this.#limits.map((limit) => limit.stats()),
      rates: this.#rates.map((limiter) => limiter.stats()),
    }
  }

  close(): Promise<void> {
    this.#limits.close()
    this.#rates.close()
    for (const limit of this.#limits.values()) limit.close()
    return Promise.resolve()
  }
}
