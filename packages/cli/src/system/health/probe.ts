import type { Clock } from '@millrace/stream'
import { within } from '../within.ts'

/** What a probe found. */
export type ProbeResult =
  | { readonly ok: true }
  /** `failingMs`: for how long already. */
  | { readonly ok: false; readonly reason: string; readonly failingMs: number }

export interface ProbeOptions {
  readonly clock: Clock
  /** Resolves when what is probed has answered. Never called while it is under way. */
  readonly ask: () => Promise<unknown>
  /** For so long an answer is taken for the present state. */
  readonly freshMs: number
  /** A longer wait counts as no answer. */
  readonly timeoutMs: number
}

/** Asks whether something answers: at most once in `freshMs` however often it is looked at, and nobody waits for longer than `timeoutMs`. */
export class Probe {
  readonly #options: ProbeOptions
  #underWay: { readonly answer: Promise<void>; readonly begunAt: number } | undefined
  /** Of the last answer, good or bad. */
  #answeredAt = Number.NEGATIVE_INFINITY
  #reason: string | undefined
  #failingSince: number | undefined

  constructor(options: ProbeOptions) {
    this.#options = options
  }

  async check(): Promise<ProbeResult> {
    const { clock, freshMs, timeoutMs } = this.#options
    if (clock.now() - this.#answeredAt < freshMs) return this.#result()
    this.#underWay ??= { answer: this.#ask(), begunAt: clock.now() }
    const { answer, begunAt } = this.#underWay
    try {
      await within(Math.max(0, begunAt + timeoutMs - clock.now()), clock, answer)
    } catch {
      this.#reason = `no answer within ${timeoutMs / 1000} s`
      this.#failingSince ??= begunAt
    }
    return this.#result()
  }

  /** Never rejects. */
  async #ask(): Promise<void> {
    const { clock, ask } = this.#options
    const begunAt = clock.now()
    try {
      await ask()
      this.#reason = undefined
      this.#failingSince = undefined
    } catch (error) {
      this.#reason = error instanceof Error ? error.message : String(error)
      this.#failingSince ??= begunAt
    }
    this.#answeredAt = clock.now()
    this.#underWay = undefined
  }

  #result(): ProbeResult {
    if (this.#failingSince === undefined || this.#reason === undefined) return { ok: true }
    return { ok: false, reason: this.#reason, failingMs: this.#options.clock.now() - this.#failingSince }
  }
}
