import type { ConcurrencyLimit, RateLimiter } from '../coordination.ts'

/** Longer than any backend takes; a test that waits so long has failed. */
const waitMs = 15_000

export const never: AbortSignal = new AbortController().signal

/** Takes as many slots as asked for, one after the other. */
export async function takeAll(limit: ConcurrencyLimit, count: number): Promise<void> {
  for (let taken = 0; taken < count; taken++) await limit.take(never)
}

/** Takes what there is. Answers how much that was. */
export async function exhaust(limiter: RateLimiter, key: string, count: number, bytes: number): Promise<number> {
  for (let taken = 0; ; taken++) if (!(await limiter.take(key, count, bytes))) return taken
}

/** Resolves when the condition holds. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + waitMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`It never came true: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Whether it settled by now, all that is ready considered. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const mark = (): void => {
    settled = true
  }
  promise.then(mark, mark)
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}
