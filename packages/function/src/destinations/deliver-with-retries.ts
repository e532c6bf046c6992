import type { Clock } from '@millrace/stream'
import { DestinationError } from './destination-error.ts'
import type { DestinationRecord } from './destination-record.ts'
import type { DestinationWriter } from './destination-writer.ts'

export interface DeliveryRetries {
  /** Attempts in all, the first included. */
  readonly attemptsMax: number
  /** Upper bound of the wait before the second attempt, in milliseconds. It doubles each time. */
  readonly backoffBaseMs: number
  /** Upper bound of any wait, in milliseconds. */
  readonly backoffMaxMs: number
}

/** About 15 seconds of waiting in all, at most. */
export const defaultDeliveryRetries: DeliveryRetries = { attemptsMax: 6, backoffBaseMs: 500, backoffMaxMs: 10_000 }

export interface DeliveryServices {
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
  readonly retries?: DeliveryRetries
}

/**
 * Delivers, and tries again while the error says that it may pass. Resolves with undefined when the destination keeps the record, else with the
 * last error: as in Lambda, the record is then given up (DestinationDeliveryFailures). Rejects with the signal's reason alone.
 */
export async function deliverWithRetries(
  writer: DestinationWriter,
  record: DestinationRecord,
  { clock, random, retries = defaultDeliveryRetries }: DeliveryServices,
  signal: AbortSignal,
): Promise<DestinationError | undefined> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      await writer.deliver(record, signal)
      return undefined
    } catch (error) {
      signal.throwIfAborted()
      const failure = error instanceof DestinationError ? error : new DestinationError(String(error), false, { cause: error })
      if (!failure.retryable || attempt >= retries.attemptsMax) return failure
      const bound = Math.min(retries.backoffMaxMs, retries.backoffBaseMs * 2 ** (attempt - 1))
      await pause(clock, bound * (0.5 + random() / 2), signal)
    }
  }
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.schedule(delayMs, done)
    signal.addEventListener('abort', done, { once: true })
  })
}
