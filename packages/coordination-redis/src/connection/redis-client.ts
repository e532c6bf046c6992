import { Cluster, Redis } from 'ioredis'
import type { ConnectionOptions } from 'node:tls'
import { InvalidCoordinationOptionError, RedisUnavailableError } from '../errors.ts'
import type { Settings } from '../options.ts'
import { parseRedisUrl, type RedisTarget } from './parse-redis-url.ts'
import type { Script } from './script.ts'

const reconnectMsMax = 1_000

/** One connection (or one to each node of a cluster) that reconnects by itself. What cannot be sent now fails now: nothing is queued or sent again. */
export class RedisClient {
  /** Without a password. */
  readonly description: string
  readonly #redis: Redis | Cluster
  readonly #settings: Settings
  #lastError: Error | undefined
  #opened = false

  constructor(settings: Settings) {
    const target = parseRedisUrl(settings.url)
    this.#settings = settings
    this.description = target.description
    // The first connection is a matter of the configuration: it works, or the start fails.
    const retry = (times: number): number | null =>
      this.#opened ? Math.ceil(Math.min(reconnectMsMax, 25 * 2 ** Math.min(times, 10)) * (0.5 + settings.random() / 2)) : null
    this.#redis = target.kind === 'cluster' ? cluster(target, settings, retry) : single(target, settings, retry)
    this.#redis.on('error', (error: Error) => {
      this.#lastError = error
    })
  }

  /** Throws `RedisUnavailableError`, or `InvalidCoordinationOptionError` for what Redis refuses. */
  async open(): Promise<void> {
    const { clock, connectTimeoutMs } = this.#settings
    const { promise: expired, reject: expire } = Promise.withResolvers<never>()
    // Whatever it is that does not answer: a host, a handshake, a cluster that names no nodes.
    const cancel = clock.schedule(connectTimeoutMs, () => expire(new Error(`no connection within ${connectTimeoutMs} ms`)))
    try {
      await Promise.race([this.#redis.connect(), expired])
      this.#opened = true
    } catch (error) {
      this.close()
      throw this.explain(this.#lastError ?? error)
    } finally {
      cancel()
    }
  }

  /** Sends the script's name, and its text where Redis does not know it (any more). Rejects when there is no connection. */
  async run(script: Script, key: string, args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.#redis.evalsha(script.sha, 1, key, ...args)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return this.#redis.eval(script.text, 1, key, ...args)
    }
  }

  /** What a failed request most likely comes from. */
  reason(error: unknown): string {
    // ioredis says of a request only that there is no connection; why, it says to listeners.
    const cause = this.#redis.status === 'ready' ? error : (this.#lastError ?? error)
    return innermost(cause)
  }

  close(): void {
    this.#redis.disconnect()
  }

  /** What opening failed with, as an error for whoever configured it. */
  explain(error: unknown): Error {
    const reason = innermost(error)
    const setting = 'Check url (--redis, MILLRACE_REDIS_URL)'
    if (/WRONGPASS|NOAUTH|NOPERM|invalid password|without any password/i.test(reason)) {
      const message = `Redis at ${this.description} refuses the user or the password (${reason}). ${setting}: redis://user:password@host:port.`
      return new InvalidCoordinationOptionError(message, { cause: error })
    }
    return new RedisUnavailableError(`Redis at ${this.description} cannot be used (${reason}). ${setting}, and that Redis runs there.`, {
      cause: error,
    })
  }
}

type Retry = (times: number) => number | null

function shared(target: RedisTarget, settings: Settings) {
  const tls: ConnectionOptions | undefined = target.tls ? (settings.tls ?? {}) : undefined
  return {
    lazyConnect: true,
    connectTimeout: settings.connectTimeoutMs,
    // Requests have a time-out of their own. A connection on which nothing comes for longer is given up, so that what hangs cannot pile up in it.
    socketTimeout: Math.max(settings.connectTimeoutMs, 2 * settings.commandTimeoutMs),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectionName: 'millrace',
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(tls === undefined ? {} : { tls }),
  }
}

function single(target: RedisTarget, settings: Settings, retryStrategy: Retry): Redis {
  const [address] = target.addresses
  if (target.kind === 'single' && address !== undefined) {
    return new Redis({ ...shared(target, settings), ...address, db: target.database, retryStrategy })
  }
  return new Redis({
    ...shared(target, settings),
    sentinels: [...target.addresses],
    name: target.master,
    db: target.database,
    retryStrategy,
    sentinelRetryStrategy: retryStrategy,
    enableTLSForSentinelMode: target.tls,
    ...(target.tls ? { sentinelTLS: settings.tls ?? {} } : {}),
  })
}

function cluster(target: RedisTarget, settings: Settings, clusterRetryStrategy: Retry): Cluster {
  return new Cluster([...target.addresses], {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy,
    slotsRefreshTimeout: settings.connectTimeoutMs,
    redisOptions: shared(target, settings),
  })
}

/** The message at the bottom of errors about errors. */
function innermost(error: unknown): string {
  let found: unknown = error
  for (let depth = 0; depth < 5; depth++) {
    const next: unknown =
      found instanceof AggregateError
        ? found.errors[0]
        : found instanceof Error
          ? (found.cause ?? (found as Error & { lastNodeError?: unknown }).lastNodeError)
          : undefined
    if (next === undefined || next === null) break
    found = next
  }
  return found instanceof Error ? found.message : String(found)
}
