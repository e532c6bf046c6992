import { FunctionNotFoundError, InvokerClosedError, type InvocationResult, type Invoker, TooManyRequestsError } from '@millrace/function'
import type { Clock } from '../clock.ts'
import type { AsyncEvent } from './async-event.ts'

/** What came of one attempt to run an event. */
export type Attempt =
  | { readonly kind: 'ran'; readonly result: InvocationResult }
  /** The function cannot be run at present. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** This process is shutting down. */
  | { readonly kind: 'closed' }

/**
 * Runs an event once. A function that is at its limit is waited for, for `waitMs`: executions go from hand to hand then, and a burst is worked off without
 * being put back again and again.
 */
export async function attempt(invoker: Invoker, event: AsyncEvent, clock: Clock, waitMs: number): Promise<Attempt> {
  const payload = { kind: 'json', json: event.json } as const
  try {
    try {
      return { kind: 'ran', result: await invoker.invoke(event.functionName, payload, { requestId: event.id }) }
    } catch (error) {
      if (!(error instanceof TooManyRequestsError)) throw error
    }
    const giveUp = new AbortController()
    const cancel = clock.schedule(waitMs, () => giveUp.abort(new TooManyRequestsError(`It was at its limit for ${waitMs} ms.`)))
    const permit = await invoker.acquire(event.functionName, giveUp.signal).finally(cancel)
    try {
      return { kind: 'ran', result: await invoker.invoke(event.functionName, payload, { requestId: event.id, permit }) }
    } finally {
      permit.release()
    }
  } catch (error) {
    if (error instanceof InvokerClosedError) return { kind: 'closed' }
    if (error instanceof TooManyRequestsError || error instanceof FunctionNotFoundError)
      return { kind: 'unavailable', reason: error.message }
    // Whatever else refuses an invocation (an event that is too large) does so every time; what is unforeseen may pass.
    return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) }
  }
}
