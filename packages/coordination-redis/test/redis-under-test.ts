import type { ConcurrencyLimit, Coordination } from '@millrace/function'
import { openRedisCoordination, type RedisCoordinationOptions } from '../src/index.ts'

export const never: AbortSignal = new AbortController().signal

/** Short times, so that what has to expire does so while a test waits for it. */
export const quick = { leaseMs: 1_000, renewMs: 50, commandTimeoutMs: 300, connectTimeoutMs: 2_000 }

let systems = 0

/** Processes of one system: they share a Redis and a prefix of their own. */
export class TestSystem implements AsyncDisposable {
  readonly options: RedisCoordinationOptions
  /** What the processes said, in order. */
  readonly messages: string[] = []
  readonly #opened: Coordination[] = []

  constructor(url: string, options: Partial<RedisCoordinationOptions> = {}) {
    this.options = {
      url,
      keyPrefix: `test-${process.pid}-${Date.now()}-${systems++}:`,
      onStateChange: ({ state, message }) => this.messages.push(`${state}: ${message}`),
      ...quick,
      ...options,
    }
  }

  async open(options: Partial<RedisCoordinationOptions> = {}): Promise<Coordination> {
    const coordination = await openRedisCoordination({ ...this.options, ...options })
    this.#opened.push(coordination)
    return coordination
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((coordination) => coordination.close()))
  }
}

/** Resolves when the condition holds; fails when it does not come true. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`It never came true: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Takes all that can be had without waiting for others. */
export async function takeWhatIsThere(limit: ConcurrencyLimit): Promise<number> {
  for (let taken = 0; ; taken++) if (!(await limit.request())) return taken
}

export function giveAll(limit: ConcurrencyLimit): void {
  for (let { taken } = limit.stats(); taken > 0; taken--) limit.give()
}
