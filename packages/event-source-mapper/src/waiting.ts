import type { Clock } from '@millrace/stream'

/** What `untilAborted` answers when the signal came first. */
export const aborted: unique symbol = Symbol('aborted')

/**
 * Waits for the promise, or for the signal, whichever is first. The promise goes on by itself after an abort: what it then comes to, also
 * a rejection, is nobody's concern any more. Leaves no listener behind, so that one signal can serve any number of waits.
 */
export function untilAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T | typeof aborted> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(aborted)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    promise.then(
      (value) => {
        signal.removeEventListener('abort', abort)
        resolve(value)
      },
      (error: Error) => {
        signal.removeEventListener('abort', abort)
        reject(error)
      },
    )
  })
}

/** Lets `delayMs` pass, or the signal be aborted. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.schedule(delayMs, done)
    signal.addEventListener('abort', done, { once: true })
  })
}

/**
 * Something changed: whoever waits looks again. One loop waits on a bell at a time, and looks in the same turn in which it begins to wait: so
 * no change falls in between, and a ring that nobody waits for may be forgotten.
 */
export class Bell {
  #wake: (() => void) | undefined

  ring(): void {
    this.#wake?.()
  }

  /** Until the next ring, at most `delayMs` where that is given. */
  wait(clock: Clock, delayMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = delayMs === undefined ? undefined : clock.schedule(delayMs, () => this.#wake?.())
      this.#wake = () => {
        this.#wake = undefined
        cancel?.()
        resolve()
      }
    })
  }
}
