import {
  type ConcurrencyLimit,
  type ConcurrencyLimitOptions,
  type ConcurrencyStats,
  InvokerClosedError,
  TooManyRequestsError,
} from '@millrace/function'
import { WaitingLine } from '@millrace/function/local'
import type { LinkListener, RedisLink } from '../connection/redis-link.ts'
import type { State } from '../connection/state.ts'
import type { Settings } from '../options.ts'
import { PermitBook } from './permit-book.ts'
import { permitsScript } from './permits-script.ts'

/** Between two attempts of a process that waits for the others' slots. */
const retryMsMin = 10
const retryMsMax = 250

export interface LimitHooks {
  /** Throws where the limit cannot be. */
  onResize(max: number): void
  /** Closed: another one may be made for the scope. */
  onClose(): void
  /** Closed, and nothing of it is on record any more. */
  onEnd(): void
}

/** One limit of all processes. A `PermitBook` decides; this asks Redis, one request at a time, and serves those who wait. */
export class RedisConcurrencyLimit implements ConcurrencyLimit, LinkListener {
  readonly #waitersMax: number
  readonly #settings: Settings
  readonly #link: RedisLink
  readonly #key: string
  readonly #id: string
  readonly #hooks: LimitHooks
  readonly #book: PermitBook
  readonly #line = new WaitingLine()
  /** Calls of `request` that the next answer is for, and those that were told no since the last one. */
  #asking = 0
  #refused = 0
  #number = 0
  #attempts = 0
  /** Before this, asking again would be in vain. */
  #askAgainAt = Number.NEGATIVE_INFINITY
  #current: Promise<void> | undefined
  #next: Promise<void> | undefined
  #timer: { readonly dueAt: number; readonly cancel: () => void } | undefined
  #agedAt: number
  /** The last request said that there is demand. */
  #demanded = false
  #closed = false
  #left = false

  constructor(scope: string, options: Required<ConcurrencyLimitOptions>, link: RedisLink, settings: Settings, hooks: LimitHooks) {
    this.#waitersMax = options.waitersMax
    this.#settings = settings
    this.#link = link
    this.#key = link.key('permits', scope)
    this.#id = link.claimantId()
    this.#hooks = hooks
    this.#book = new PermitBook(options.max, settings.blockMax)
    this.#agedAt = settings.clock.now()
    link.listeners.add(this)
    this.onState(link.state)
  }

  get max(): number {
    return this.#book.max
  }

  resize(max: number): void {
    this.#hooks.onResize(max)
    this.#book.resize(max)
    this.#askAgainAt = Number.NEGATIVE_INFINITY
    this.onState(this.#link.state)
  }

  tryTake(): boolean {
    if (this.#closed || !this.#book.tryTake(this.#settings.clock.now())) return false
    if (this.#book.low) this.#prefetch()
    return true
  }

  async request(): Promise<boolean> {
    if (this.tryTake()) return true
    if (this.#closed || this.max === 0) return false
    if (this.#link.state === 'shared' && this.#settings.clock.now() >= this.#askAgainAt) {
      this.#asking++
      await this.#ask().finally(() => this.#asking--)
      if (this.tryTake()) return true
    }
    // The others hear of it with the next renewal, and leave this process its part.
    this.#refused++
    this.#plan()
    return false
  }

  take(signal: AbortSignal): Promise<void> {
    if (this.#closed) return Promise.reject(new InvokerClosedError())
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    if (this.tryTake()) return Promise.resolve()
    if (this.#line.length >= this.#waitersMax) {
      return Promise.reject(new TooManyRequestsError(`${this.#line.length} wait already for one of ${this.max} concurrent executions.`))
    }
    const turn = this.#line.join(signal)
    this.#plan()
    return turn
  }

  give(): void {
    this.#book.give()
    if (this.#line.length > 0) this.#serve()
    if (this.#book.owes) this.#plan()
  }

  stats(): ConcurrencyStats {
    const { taken, allowed } = this.#book
    return { max: this.max, taken, waiting: this.#line.length, allowed }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#line.clear(new InvokerClosedError())
    this.#hooks.onClose()
    this.#plan()
  }

  /** Gives everything back. Bounded in time: what cannot be given back expires. */
  async leave(): Promise<void> {
    this.close()
    this.#end()
    await this.#current
    if (this.#link.state !== 'shared' || this.#number === 0) return
    await this.#send(0, 0, 0).catch(() => {})
  }

  onState(state: State): void {
    if (state === 'alone') this.#book.goAlone(this.#link.processes)
    else if (state === 'shared') {
      this.#book.comeBack()
      if (this.#book.bound || this.#line.length > 0) this.#plan(0)
    }
    this.#serve()
  }

  #prefetch(): void {
    if (this.#current === undefined && this.#settings.clock.now() >= this.#askAgainAt && this.#link.state === 'shared') void this.#ask()
  }

  #serve(): void {
    while (this.#line.length > 0 && this.#book.tryTake(this.#settings.clock.now())) this.#line.admit()
  }

  /** Resolves when a request that is not sent yet has been answered or has failed. Never rejects. */
  #ask(): Promise<void> {
    // Sent after everything that runs now, so that it asks for all who come together.
    this.#next ??= (this.#current ?? Promise.resolve()).then(() => {
      this.#current = this.#next
      this.#next = undefined
      return this.#exchange().finally(() => {
        this.#current = undefined
        this.#plan()
      })
    })
    return this.#next
  }

  async #exchange(): Promise<void> {
    if (this.#left) return
    const { clock, leaseMs, renewMs, random } = this.#settings
    const sentAt = clock.now()
    this.#timer?.cancel()
    this.#timer = undefined
    if (sentAt - this.#agedAt >= renewMs / 2) {
      this.#agedAt = sentAt
      this.#book.age()
    }
    const request = this.#book.request(sentAt, this.#line.length + this.#asking + this.#refused, this.#closed)
    this.#refused = 0
    this.#demanded = request.demand > 0
    let answer: readonly number[]
    try {
      answer = await this.#send(request.keep, request.demand, request.want)
    } catch {
      if (this.#book.alone) this.#book.goAlone(this.#link.processes)
      return
    }
    const [lease = 0, advice = 0, newest = 0] = answer
    if (newest === 1) this.#book.answer(request, { lease, advice }, sentAt, leaseMs)
    this.#attempts = advice >= request.demand || lease > request.keep ? 0 : Math.min(this.#attempts + 1, 10)
    const pauseMs = this.#attempts === 0 ? 0 : Math.min(retryMsMax, retryMsMin * 2 ** this.#attempts) * (0.5 + random() / 2)
    this.#askAgainAt = clock.now() + pauseMs
    this.#serve()
  }

  #send(keep: number, demand: number, want: number): Promise<readonly number[]> {
    const { leaseMs, renewMs } = this.#settings
    const args = [this.#id, ++this.#number, this.max, keep, demand, want, leaseMs, 2 * renewMs, renewMs]
    return this.#link.run(permitsScript, this.#key, args)
  }

  /** Sees to it that Redis is asked when there is a reason to. */
  #plan(delayMs: number | undefined = this.#delay()): void {
    if (this.#left) return
    if (delayMs === undefined) {
      if (this.#closed) this.#end()
      return
    }
    // What is under way plans again when it ends; while Redis does not answer, its return does.
    if (this.#current !== undefined || this.#next !== undefined || this.#link.state !== 'shared') return
    const { clock } = this.#settings
    const dueAt = clock.now() + delayMs
    if (delayMs > 0 && this.#timer !== undefined && this.#timer.dueAt <= dueAt) return
    this.#timer?.cancel()
    this.#timer = delayMs === 0 ? undefined : { dueAt, cancel: clock.schedule(delayMs, () => void this.#ask()) }
    if (delayMs === 0) void this.#ask()
  }

  #end(): void {
    if (this.#left) return
    this.#left = true
    this.#timer?.cancel()
    this.#link.listeners.delete(this)
    this.#hooks.onEnd()
  }

  #delay(): number | undefined {
    if (this.#book.owes) return 0
    if (this.#line.length > 0 && this.max > 0) return Math.max(0, this.#askAgainAt - this.#settings.clock.now())
    if (this.#book.bound || this.#demanded || this.#refused > 0) return this.#settings.renewMs * (0.9 + this.#settings.random() / 10)
    return undefined
  }
}
