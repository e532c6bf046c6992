import {
  type InvocationResult,
  type Invoker,
  PayloadTooLargeError,
  type PreviewDocument,
  type ReplayMode,
  TooManyRequestsError,
} from '@millrace/function'
import type { Clock, RecordSource, StreamRecord } from '@millrace/stream'
import { backoffMs } from '../backoff.ts'
import { judgeInvocation, type Judgement, type JudgementRules } from '../judge-invocation.ts'
import { pause } from '../waiting.ts'

export interface ReplayInvokerOptions {
  readonly invoker: Invoker
  readonly functionName: string
  readonly mode: ReplayMode
  readonly rules: JudgementRules
  /** Further attempts at records that failed. */
  readonly retries: number
  readonly clock: Clock
  readonly random: () => number
  readonly signal: AbortSignal
}

/** What became of a batch. */
export interface BatchResult {
  readonly attempts: number
  readonly failed: number
  /** Of the last failure. */
  readonly reason?: string
}

/** What a dry run of a batch came to. */
export interface BatchPreview {
  readonly documents: readonly PreviewDocument[]
  /** Records of which no document can be made. */
  readonly failed: number
  readonly reason?: string
}

const backoff = { baseMs: 500, maxMs: 10_000 }

/** Invokes the function with batches of one replay. */
export class ReplayInvoker {
  readonly #options: ReplayInvokerOptions

  constructor(options: ReplayInvokerOptions) {
    this.#options = options
  }

  /** Tries what fails again. `onWait` is told why there is a wait. Rejects where the function cannot be run at all. */
  async invoke(source: RecordSource, records: readonly StreamRecord[], onWait: (reason: string) => Promise<void>): Promise<BatchResult> {
    const { rules, retries, signal } = this.#options
    let rest = records
    let attempts = 0
    let failures = 0
    let failed = 0
    let reason: string | undefined
    for (let waits = 0; ; waits++) {
      const result = await this.#run(source, rest, onWait)
      if (result instanceof PayloadTooLargeError) return { attempts, failed: failed + rest.length, reason: result.message }
      attempts++
      const judgement = judgeInvocation(result, rest, rules)
      if (judgement === undefined) return { attempts, failed, ...(reason === undefined || failed === 0 ? {} : { reason }) }
      const sorted = sortOut(rest, judgement)
      failed += sorted.terminal
      reason = sorted.reason
      rest = sorted.again
      if (rest.length === 0) return { attempts, failed, reason }
      if (!sorted.overloaded && ++failures > retries) return { attempts, failed: failed + rest.length, reason }
      if (sorted.overloaded) await onWait(reason)
      await this.#wait(waits, judgement.afterMs)
      signal.throwIfAborted()
    }
  }

  /** For batch handlers. Rejects where the function fails: a preview that is not whole would mislead. */
  async preview(source: RecordSource, records: readonly StreamRecord[], onWait: (reason: string) => Promise<void>): Promise<BatchPreview> {
    const result = await this.#run(source, records, onWait)
    if (result instanceof PayloadTooLargeError) throw result
    if (result.kind === 'failure') throw new ReplayFailedError(`${result.errorType}: ${result.errorMessage}`)
    if (result.kind === 'success') throw new ReplayFailedError(`The function "${this.#options.functionName}" has no dry run.`)
    const documents = result.outcomes.flatMap((outcome) => (outcome.outcome === 'preview' ? [outcome.document] : []))
    const other = result.outcomes.find((outcome) => outcome.outcome !== 'preview')
    if (other?.outcome === 'settled') throw new ReplayFailedError(`The function "${this.#options.functionName}" has no dry run.`)
    return { documents, failed: records.length - documents.length, ...(other === undefined ? {} : { reason: other.reason }) }
  }

  /** Waits until the function may be run. */
  async #run(
    source: RecordSource,
    records: readonly StreamRecord[],
    onWait: (reason: string) => Promise<void>,
  ): Promise<InvocationResult | PayloadTooLargeError> {
    const { invoker, functionName, mode, signal } = this.#options
    // An earlier replay may have written some of it.
    const payload = { kind: 'records', source, records, maybeRepeated: true, replay: mode } as const
    for (let waits = 0; ; waits++) {
      signal.throwIfAborted()
      try {
        const permit = await invoker.acquire(functionName, signal)
        try {
          return await invoker.invoke(functionName, payload, { signal, permit })
        } finally {
          permit.release()
        }
      } catch (error) {
        if (error instanceof PayloadTooLargeError) return error
        if (!(error instanceof TooManyRequestsError)) throw error
        await onWait(error.message)
        await this.#wait(waits, undefined)
      }
    }
  }

  #wait(attempt: number, afterMs: number | undefined): Promise<void> {
    const { clock, random, signal } = this.#options
    return pause(clock, Math.max(afterMs ?? 0, backoffMs(attempt, backoff, random)), signal)
  }
}

/** The function failed in a dry run. */
class ReplayFailedError extends Error {
  readonly retryable = false
  override readonly name = 'ReplayFailedError'
}

interface Sorted {
  readonly again: readonly StreamRecord[]
  readonly terminal: number
  /** Nothing but an overload is in the way. */
  readonly overloaded: boolean
  readonly reason: string
}

function sortOut(records: readonly StreamRecord[], judgement: Judgement): Sorted {
  const again: StreamRecord[] = []
  let terminal = 0
  let errors = 0
  let reason = ''
  for (const [index, record] of records.entries()) {
    const verdict = judgement.verdict(index)
    if (verdict === 'settled') continue
    if (reason === '') reason = judgement.reason(index)
    if (verdict === 'terminal') terminal++
    else again.push(record)
    if (verdict === 'error') errors++
  }
  return { again, terminal, overloaded: errors === 0, reason }
}
