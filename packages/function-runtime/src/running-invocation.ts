import type { Clock } from './clock.ts'
import type { Invocation, Verdict } from './invocation.ts'

/** An invocation while it is in an environment: what may end it before it answers. */
export class RunningInvocation {
  readonly id: number
  readonly invocation: Invocation
  readonly begunMs: number = performance.now()
  /** Of the environment, where this invocation waited for it. */
  readonly initDurationMs: number | undefined
  /** Decided; it holds whatever the handler may still answer. */
  verdict: Verdict | undefined
  readonly #clock: Clock
  readonly #cancelTimeout: () => void
  readonly #onAbort: () => void
  #cancelGrace: (() => void) | undefined

  constructor(
    id: number,
    invocation: Invocation,
    initDurationMs: number | undefined,
    clock: Clock,
    timeoutMs: number,
    on: { readonly timeout: (running: RunningInvocation) => void; readonly abort: (running: RunningInvocation, reason: unknown) => void },
  ) {
    this.id = id
    this.invocation = invocation
    this.initDurationMs = initDurationMs
    this.#clock = clock
    this.#cancelTimeout = clock.schedule(timeoutMs, () => on.timeout(this))
    this.#onAbort = () => on.abort(this, invocation.signal?.reason)
    invocation.signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** It was asked to end; `kill` is called when it does not. */
  grant(graceMs: number, kill: () => void): void {
    this.#cancelGrace = this.#clock.schedule(graceMs, kill)
  }

  /** It has ended: nothing of it may fire any more. */
  release(): void {
    this.#cancelTimeout()
    this.#cancelGrace?.()
    this.invocation.signal?.removeEventListener('abort', this.#onAbort)
  }
}
