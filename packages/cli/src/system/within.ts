import type { Clock } from '@millrace/stream'

/** As the work, but rejects after `timeoutMs`. The work itself goes on: it has limits of its own. */
export async function within<Answer>(timeoutMs: number, clock: Clock, work: Promise<Answer>): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>()
  const cancel = clock.schedule(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs / 1000} s`)))
  try {
    return await Promise.race([work, promise])
  } finally {
    cancel()
  }
}
