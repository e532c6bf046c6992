import type { Clock } from './clock.ts'

/** Resolves after a while, or as soon as one of the signals is aborted. Never rejects. */
export function pause(clock: Clock, delayMs: number, ...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    if (signals.some((signal) => signal.aborted)) return resolve()
    const end = (): void => {
      cancel()
      for (const signal of signals) signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.schedule(delayMs, end)
    for (const signal of signals) signal.addEventListener('abort', end, { once: true })
  })
}
