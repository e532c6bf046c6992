import type { PipeBatch } from './pipe-batch.ts'
import { pause, type PipeClock } from './pipe-clock.ts'
import type { RecordDestination, SendResult } from './record-destination.ts'
import { retryDelay, type RetryDelayOptions } from './retry-delay.ts'

export interface SendOptions extends RetryDelayOptions {
  readonly destination: RecordDestination
  readonly clock: PipeClock
  /** Aborted: no further attempt. */
  readonly signal: AbortSignal
}

/** Hears of each step; may end the attempts. */
export interface SendObserver {
  /** Records of a batch were accepted. */
  accepted(batch: PipeBatch): void
  /** Records never will be. */
  refused(batch: PipeBatch, reason: string): void
  /** An attempt failed; false ends the attempts. `attempt` counts from 1, and anew after every answer. */
  failed(cause: 'away' | 'overload', reason: string, attempt: number): boolean
}

/** Nothing will be accepted as the pipe is set up. */
export class PipeRefusedError extends Error {
  readonly retryable = false
  override readonly name = 'PipeRefusedError'
  /** What was not accepted of the batch. */
  readonly rest: readonly PipeBatch[]
  constructor(message: string, rest: readonly PipeBatch[]) {
    super(message)
    this.rest = rest
  }
}

/**
 * Sends a batch until each of its records is accepted or refused for good, waiting and splitting as the answers ask for.
 * Answers what is left if the attempts were ended. Throws `PipeRefusedError`.
 */
export async function sendBatch(batch: PipeBatch, options: SendOptions, observer: SendObserver): Promise<readonly PipeBatch[]> {
  const queue = [batch]
  let attempt = 0
  for (let next = queue[0]; next !== undefined; next = queue[0]) {
    if (options.signal.aborted) return queue
    const result = await options.destination.send(next, options.signal)
    // The records may have been accepted all the same: whoever sends them next has to say so.
    if (result.outcome === 'retry' && result.uncertain) queue[0] = next.resent()
    if (options.signal.aborted && result.outcome === 'retry') return queue
    if (result.outcome === 'fatal') throw new PipeRefusedError(result.reason, queue)
    if (result.outcome !== 'retry') {
      queue.splice(0, 1, ...settle(next, result, observer))
      attempt = 0
      const pressure = result.outcome === 'answered' ? result.refused.find(({ retryable }) => retryable) : undefined
      if (pressure === undefined || result.outcome !== 'answered') continue
      if (!observer.failed('overload', pressure.message, 1)) return queue
      await pause(options.clock, result.afterMs ?? retryDelay(0, options), options.signal)
      continue
    }
    attempt++
    if (!observer.failed(result.cause, result.reason, attempt)) return queue
    await pause(options.clock, result.afterMs ?? retryDelay(attempt - 1, options), options.signal)
  }
  return []
}

/** Counts what an answer settles, and answers what is to be sent next. */
function settle(batch: PipeBatch, result: Exclude<SendResult, { outcome: 'retry' | 'fatal' }>, observer: SendObserver): PipeBatch[] {
  if (result.outcome === 'too-large' && batch.count > 1) return batch.halves()
  if (result.outcome !== 'answered') {
    observer.refused(batch, result.reason)
    return []
  }
  if (result.refused.length === 0) {
    observer.accepted(batch)
    return []
  }
  const refused = new Map(result.refused.map((record) => [record.index, record]))
  const accepted: number[] = []
  const again: number[] = []
  for (let index = 0; index < batch.count; index++) {
    const record = refused.get(index)
    if (record === undefined) accepted.push(index)
    else if (record.retryable) again.push(index)
    else observer.refused(batch.pick([index]), record.message)
  }
  if (accepted.length > 0) observer.accepted(batch.pick(accepted))
  if (again.length === 0) return []
  const rest = batch.pick(again)
  return [again.some((index) => refused.get(index)?.code === 'internal') ? rest.resent() : rest]
}
