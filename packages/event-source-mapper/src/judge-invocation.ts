import type { InvocationResult, RecordOutcome } from '@millrace/function'
import type { StreamRecord } from '@millrace/stream'
import { lambdaFailure } from './lambda-response.ts'

/** What an invocation means for one record. */
type Verdict = 'settled' | 'error' | 'overload' | 'terminal'

/** What an invocation means for a batch. `undefined` in place of a judgement: every record is settled. */
export interface Judgement {
  verdict(index: number): Verdict
  /** In words, for what is not settled. */
  reason(index: number): string
  /** Longest wait that the handler asks for, in milliseconds. */
  readonly afterMs: number | undefined
  /** The function failed as a whole, or answered that records failed; false where it only pushed back. */
  readonly failed: boolean
}

/** Reads the result of an invocation. `partial`: the mapping has ReportBatchItemFailures. Never throws: an answer that makes no sense is an error. */
export function judgeInvocation(result: InvocationResult, records: readonly StreamRecord[], partial: boolean): Judgement | undefined {
  if (result.kind === 'outcomes') return judgeOutcomes(result.outcomes, records.length)
  if (result.kind === 'failure') return errorsFrom(0, `${result.errorType}: ${result.errorMessage}`)
  if (!partial) return undefined
  const failure = lambdaFailure(result.json, records)
  return failure === undefined ? undefined : errorsFrom(failure.firstFailing, failure.reason)
}

function errorsFrom(first: number, reason: string): Judgement {
  return { verdict: (index) => (index < first ? 'settled' : 'error'), reason: () => reason, afterMs: undefined, failed: true }
}

function judgeOutcomes(outcomes: readonly RecordOutcome[], count: number): Judgement | undefined {
  if (outcomes.length !== count) {
    return errorsFrom(0, `The handler answered ${outcomes.length} outcomes for ${count} records: it has to answer one for each.`)
  }
  let settled = 0
  while (settled < count && outcomes[settled]?.outcome === 'settled') settled++
  if (settled === count) return undefined
  let afterMs: number | undefined
  let failed = false
  for (let index = settled; index < count; index++) {
    const outcome = outcomes[index]
    if (outcome?.outcome === 'retry' && outcome.afterMs !== undefined) afterMs = Math.max(afterMs ?? 0, outcome.afterMs)
    failed ||= verdictOf(outcome) === 'error' || verdictOf(outcome) === 'terminal'
  }
  return { verdict: (index) => verdictOf(outcomes[index]), reason: (index) => reasonOf(outcomes[index]), afterMs, failed }
}

/** Handlers are users' code: an outcome that is none is an error, which repeats the record instead of losing it. */
function verdictOf(outcome: RecordOutcome | undefined): Verdict {
  if (outcome?.outcome === 'settled' || outcome?.outcome === 'terminal') return outcome.outcome
  return outcome?.outcome === 'retry' && outcome.cause === 'overload' ? 'overload' : 'error'
}

function reasonOf(outcome: RecordOutcome | undefined): string {
  if (outcome !== undefined && 'reason' in outcome) return outcome.reason
  return `The handler answered ${JSON.stringify(outcome)?.slice(0, 200) ?? 'nothing'} for a record.`
}
