import { randomUUID } from 'node:crypto'
import { RedisUnavailableError } from '../errors.ts'
import type { Settings } from '../options.ts'
import { membersScript } from './members-script.ts'
import type { RedisClient } from './redis-client.ts'
import type { Script } from './script.ts'
import type { State } from './state.ts'

/** Between two attempts while Redis does not answer. */
const probeMsMax = 250

export interface LinkListener {
  /** The state changed, or the number of processes while alone. */
  onState(state: State): void
}

/**
 * What this process shares with the others through Redis: its membership, renewed by a heartbeat, and whether Redis answers at all. While it does not,
 * only the heartbeat asks, so nothing waits for a time-out twice.
 */
export class RedisLink {
  readonly listeners: Set<LinkListener> = new Set()
  /** Unique to this process and its life. */
  readonly #processId = randomUUID()
  readonly #client: RedisClient
  readonly #settings: Settings
  #state: State = 'shared'
  #processes = 1
  /** When the newest request that was answered was sent. No lease of this process outlives it by more than `leaseMs`. */
  #answeredAt: number
  #cancelHeartbeat: (() => void) | undefined
  #claimants = 0
  #closed = false
  roundTrips: number = 0
  failures: number = 0
  degradations: number = 0

  constructor(client: RedisClient, settings: Settings) {
    this.#client = client
    this.#settings = settings
    this.#answeredAt = settings.clock.now()
  }

  get state(): State {
    return this.#state
  }

  /** Processes of the system, as last known. */
  get processes(): number {
    return this.#processes
  }

  /** Throws `RedisUnavailableError`, or `InvalidCoordinationOptionError` for what Redis refuses. */
  async open(): Promise<void> {
    await this.#client.open()
    try {
      await this.#beat(this.#settings.leaseMs)
    } catch (error) {
      this.#client.close()
      throw this.#client.explain(error)
    }
    this.#scheduleHeartbeat(this.#settings.renewMs)
  }

  /** A name that nobody else has a claim under. */
  claimantId(): string {
    return `${this.#processId}.${this.#claimants++}`
  }

  /** Of one scope; all of a scope's keys are on the same node of a cluster. */
  key(kind: 'permits' | 'rate', scope: string): string {
    // The version of the layout is part of the name: processes of another layout share nothing with this one, instead of misreading it.
    return `${this.#settings.keyPrefix}v1:${kind}:{${encodeURIComponent(scope)}}`
  }

  /** Runs a script within `commandTimeoutMs`. Rejects when Redis does not answer or refuses. */
  async run(script: Script, key: string, args: readonly (string | number)[]): Promise<readonly number[]> {
    const { clock, commandTimeoutMs } = this.#settings
    const sentAt = clock.now()
    const { promise: expired, reject: expire } = Promise.withResolvers<never>()
    const cancel = clock.schedule(commandTimeoutMs, () => expire(new RedisUnavailableError(`no answer within ${commandTimeoutMs} ms`)))
    this.roundTrips++
    try {
      const answer = await Promise.race([this.#client.run(script, key, args), expired])
      this.#answered(sentAt)
      return Array.isArray(answer) ? answer.map(Number) : [Number(answer)]
    } catch (error) {
      this.failures++
      if (!this.#closed) this.#failed(error)
      throw error
    } finally {
      cancel()
    }
  }

  /** Leaves. Bounded by `commandTimeoutMs`. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#cancelHeartbeat?.()
    // Where Redis is gone, the membership expires by itself.
    if (this.#state === 'shared') await this.#beat(0).catch(() => {})
    this.#client.close()
  }

  async #beat(leaseMs: number): Promise<void> {
    const [processes = 1] = await this.run(membersScript, `${this.#settings.keyPrefix}v1:members`, [this.#processId, leaseMs])
    this.#processes = Math.max(1, processes)
  }

  #scheduleHeartbeat(delayMs: number): void {
    this.#cancelHeartbeat?.()
    if (this.#closed) return
    this.#cancelHeartbeat = this.#settings.clock.schedule(delayMs * (0.9 + this.#settings.random() / 10), () => void this.#heartbeat())
  }

  async #heartbeat(): Promise<void> {
    await this.#beat(this.#settings.leaseMs).catch(() => {})
    this.#expire()
    const { renewMs } = this.#settings
    this.#scheduleHeartbeat(this.#state === 'shared' ? renewMs : Math.min(renewMs, probeMsMax))
  }

  #answered(sentAt: number): void {
    this.#answeredAt = Math.max(this.#answeredAt, sentAt)
    if (this.#state === 'shared' || this.#closed) return
    this.#change('shared', `Redis at ${this.#client.description} answers again; limits are shared by all processes.`)
  }

  #failed(error: unknown): void {
    if (this.#state !== 'shared') return
    this.#change(
      'unanswered',
      `Redis at ${this.#client.description} does not answer (${this.#client.reason(error)}). Leases stay valid for up to ${this.#settings.leaseMs} ms; then this process goes by its part of each limit, 1 in ${this.#processes}.`,
    )
    this.#scheduleHeartbeat(Math.min(this.#settings.renewMs, probeMsMax))
  }

  #expire(): void {
    if (this.#state === 'alone' || this.#closed) return
    if (this.#settings.clock.now() - this.#answeredAt < this.#settings.leaseMs) return
    this.degradations++
    this.#change(
      'alone',
      `Leases could not be renewed at the Redis of ${this.#client.description} for ${this.#settings.leaseMs} ms. This process goes by its part of each limit, 1 in ${this.#processes}, until Redis answers.`,
    )
  }

  #change(state: State, message: string): void {
    this.#state = state
    this.#settings.onStateChange?.({ state, message })
    for (const listener of this.listeners) listener.onState(state)
  }
}
