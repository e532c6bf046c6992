import { CommandError } from '../options/usage-error.ts'
import { pause, type PipeClock } from '../pipe/pipe-clock.ts'
import { retryDelay } from '../pipe/retry-delay.ts'

export type RedriveChoice =
  | { readonly ids: readonly string[] }
  | { readonly all: true; readonly stream?: string; readonly function?: string }

export interface RedriveSummary {
  readonly redriven: number
  readonly failed: readonly { readonly id: string; readonly message: string }[]
}

export interface RedriveOptions {
  /** Sends one `POST /dead-letters/redrive`. */
  readonly post: (body: object) => Promise<Response>
  readonly clock: PipeClock
  /** In [0, 1). */
  readonly random: () => number
  /** How long to go on while nothing more is taken back. */
  readonly waitMs: number
  readonly signal: AbortSignal
  /** Told why there is a wait. */
  readonly onWait?: (reason: string) => void
}

interface Answer {
  readonly redriven?: number
  readonly failed?: readonly { readonly id: string; readonly message: string; readonly retryable?: boolean }[]
  /** Of a redrive of all that met pressure: the rest are the letters up to this time. */
  readonly before?: number
  readonly error?: { readonly message?: string }
}

/** The gateway puts so many back at a time, and then says of each of them what became of it. */
const idsMax = 100
const delays = { retryDelayMs: 500, retryDelayMsMax: 10_000 }

/**
 * Puts letters back on their streams, and waits where a stream pushes back (429) or the server cannot take them at present (503), for as long as something
 * moves and `waitMs` more. Throws `CommandError` with what was done until then.
 */
export async function redriveLetters(choice: RedriveChoice, options: RedriveOptions): Promise<RedriveSummary> {
  const failed: { readonly id: string; readonly message: string }[] = []
  let redriven = 0
  const parts = 'all' in choice ? [choice] : chunks([...new Set(choice.ids)]).map((ids) => ({ ids }))
  for (const part of parts) {
    let body: object | undefined = part
    let patience = new Patience(options)
    while (body !== undefined) {
      const response = await options.post(body)
      const answer = await read(response)
      redriven += answer.redriven ?? 0
      if ((answer.redriven ?? 0) > 0) patience = new Patience(options)
      if (response.ok) {
        failed.push(...(answer.failed ?? []))
        break
      }
      const reason = answer.error?.message ?? `The server answered ${response.status}.`
      if (response.status !== 429 && response.status !== 503) throw gaveUp(redriven, reason)
      if ('ids' in part) failed.push(...(answer.failed ?? []).filter(({ retryable }) => retryable !== true))
      body = rest(body, answer)
      options.onWait?.(reason)
      if (body !== undefined && !(await patience.wait(response.headers.get('retry-after')))) throw gaveUp(redriven, reason)
    }
  }
  return { redriven, failed }
}

/** What is left to be asked for after an answer of pressure; undefined: nothing. */
function rest(body: object, { failed, before }: Answer): object | undefined {
  if (!('ids' in body)) return before === undefined ? body : { ...body, before }
  if (failed === undefined) return body
  const ids = failed.filter(({ retryable }) => retryable === true).map(({ id }) => id)
  return ids.length === 0 ? undefined : { ids }
}

/** Waits between attempts, longer and longer, until there was no progress for `waitMs`. */
class Patience {
  readonly #options: RedriveOptions
  readonly #begunAt: number
  #attempts = 0

  constructor(options: RedriveOptions) {
    this.#options = options
    this.#begunAt = options.clock.now()
  }

  /** False: it is at its end. */
  async wait(retryAfter: string | null): Promise<boolean> {
    const { clock, random, waitMs, signal } = this.#options
    const delayMs = Math.max(Math.min(60, Number(retryAfter ?? 0) || 0) * 1_000, retryDelay(this.#attempts++, { ...delays, random }))
    if (clock.now() + delayMs - this.#begunAt > waitMs) return false
    await pause(clock, delayMs, signal)
    signal.throwIfAborted()
    return true
  }
}

async function read(response: Response): Promise<Answer> {
  try {
    return (await response.json()) as Answer
  } catch {
    return {}
  }
}

function gaveUp(redriven: number, reason: string): CommandError {
  return new CommandError(
    redriven === 0 ? reason : `${redriven.toLocaleString('en')} redriven, then: ${reason.replace(/^\d+ redriven, then: /, '')}`,
  )
}

function chunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / idsMax) }, (_, index) => ids.slice(index * idsMax, (index + 1) * idsMax))
}
