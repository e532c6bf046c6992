import type { ConnectionOptions } from 'node:tls'
import { type Clock, monotonicClock } from './clock.ts'
import type { StateChange } from './connection/state.ts'
import { InvalidCoordinationOptionError } from './errors.ts'

/** Times have to be the same in every process of a system. */
export interface RedisCoordinationOptions {
  /**
   * `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, `redis+sentinel://[user:password@]host[:port],…/<master>[/database]`,
   * `redis+cluster://[user:password@]host[:port],…`; `rediss+sentinel` and `rediss+cluster` for TLS.
   */
  readonly url: string
  /** Before every key; systems that share a Redis need one each. `millrace:` by default. */
  readonly keyPrefix?: string
  /** For how long a lease holds that is not renewed: the slots of a process that died come back after this. 10,000 ms by default. */
  readonly leaseMs?: number
  /** Between two renewals, and the time after which a process that waits is heard by the others. At most half of `leaseMs`; 1,000 ms by default. */
  readonly renewMs?: number
  /** Slots that a process keeps at hand beyond those it uses; 100 by default. */
  readonly blockMax?: number
  /** For establishing a connection; 5,000 ms by default. */
  readonly connectTimeoutMs?: number
  /** For the answer to a request; 1,000 ms by default, and at most a third of `leaseMs`. */
  readonly commandTimeoutMs?: number
  /** Beyond what the URL says, e.g. `ca`. */
  readonly tls?: ConnectionOptions
  /** Told when Redis stops answering, when this process begins to go by its part of the limits, and when all is well again. Must not throw. */
  readonly onStateChange?: (change: StateChange) => void
  readonly clock?: Clock
  /** Numbers in [0, 1), for jitter. */
  readonly random?: () => number
}

/** With the defaults filled in. */
export type Settings = Required<Omit<RedisCoordinationOptions, 'tls' | 'onStateChange'>> &
  Pick<RedisCoordinationOptions, 'tls' | 'onStateChange'>

/** Throws `InvalidCoordinationOptionError`. */
export function resolveOptions(options: RedisCoordinationOptions): Settings {
  const settings = {
    keyPrefix: 'millrace:',
    leaseMs: 10_000,
    renewMs: 1_000,
    blockMax: 100,
    connectTimeoutMs: 5_000,
    commandTimeoutMs: Math.min(1_000, Math.floor((options.leaseMs ?? 10_000) / 3)),
    clock: monotonicClock,
    random: Math.random,
    ...options,
  }
  const { leaseMs, renewMs } = settings
  whole('leaseMs', leaseMs, 30, 3_600_000)
  whole('renewMs', renewMs, 10, Math.floor(leaseMs / 2))
  whole('commandTimeoutMs', settings.commandTimeoutMs, 10, Math.floor(leaseMs / 3))
  whole('connectTimeoutMs', settings.connectTimeoutMs, 10, 600_000)
  whole('blockMax', settings.blockMax, 1, 1_000_000)
  if (/[{}]/.test(settings.keyPrefix)) {
    // Braces would decide the node of a cluster instead of the scope.
    throw new InvalidCoordinationOptionError(`keyPrefix is "${settings.keyPrefix}"; it must not have braces.`)
  }
  return settings
}

function whole(option: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new InvalidCoordinationOptionError(`${option} is ${value}; it has to be a whole number from ${min} to ${max}.`)
}
