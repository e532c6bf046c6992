import type { IndexClock } from './system-clock.ts'

/** Ends a request when its time is over or the caller gives up, whichever is first. */
export interface TimedSignal extends Disposable {
  readonly signal: AbortSignal
  /** Whether the time is over. */
  readonly timedOut: boolean
}

/** The time is that of the whole request: connecting, sending, waiting and reading. */
export function timedSignal(clock: IndexClock, timeoutMs: number, parent: AbortSignal | undefined): TimedSignal {
  const controller = new AbortController()
  let timedOut = false
  const abort = (): void => controller.abort(parent?.reason)
  if (parent?.aborted === true) abort()
  parent?.addEventListener('abort', abort, { once: true })
  const cancel = clock.schedule(timeoutMs, () => {
    timedOut = true
    controller.abort()
  })
  return {
    signal: controller.signal,
    get timedOut() {
      return timedOut
    },
    [Symbol.dispose]: () => {
      cancel()
      parent?.removeEventListener('abort', abort)
    },
  }
}
