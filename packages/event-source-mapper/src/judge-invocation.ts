import type { InvocationResult, RecordOutcome } from '@millrace/function'
import type { RecordSource, StreamRecord } from '@millrace/stream'
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
  /**
   * How much is known of where the fault lies: `whole`, nothing (the function threw, or every record failed); `from-item`, everything before one record
   * is settled; `items`, each record by itself. It decides what BisectBatchOnFunctionError does.
   */
  readonly scope: 'whole' | 'from-item' | 'items'
}

/** What of the mapping's parameters a judgement goes by. */
export interface JudgementRules {
  /** The mapping has ReportBatchItemFailures. */
  readonly partial: boolean
  /** Of a partial response only the failed records are tried again: `retryFailedItemsOnly`. */
  readonly failedItemsOnly: boolean
  /** Where the records come from, if it is a Kafka topic: answers name its records otherwise. */
  readonly kafka?: Pick<RecordSource, 'kafka' | 'shard'> | undefined
}

/** Reads the result of an invocation. Never throws: an answer that makes no sense is an error. */
export function judgeInvocation(
  result: InvocationResult,
  records: readonly StreamRecord[],
  { partial, failedItemsOnly, kafka }: JudgementRules,
): Judgement | undefined {
  if (result.kind === 'outcomes') return judgeOutcomes(result.outcomes, records.length)
  if (result.kind === 'failure') return wholeFailure(`${result.errorType}: ${result.errorMessage}`)
  if (!partial) return undefined
  const failure = lambdaFailure(result.json, records, kafka)
  if (failure === undefined) return undefined
  const { failing, reason } = failure
  if (failing === undefined) return wholeFailure(reason)
  const first = failing[0] as number
  if (!failedItemsOnly) return first === 0 ? wholeFailure(reason) : errorsFrom(first, reason)
  if (failing.length === records.length) return wholeFailure(reason)
  const failed = new Set(failing)
  const verdict = (index: number): Verdict => (failed.has(index) ? 'error' : 'settled')
  return { verdict, reason: () => reason, afterMs: undefined, failed: true, scope: 'items' }
}

/** Every record is to be tried again. */
export function wholeFailure(reason: string): Judgement {
  return { verdict: () => 'error', reason: () => reason, afterMs: undefined, failed: true, scope: 'whole' }
}

function errorsFrom(first: number, reason: string): Judgement {
  const verdict = (index: number): Verdict => (index < first ? 'settled' : 'error')
  return { verdict, reason: () => reason, afterMs: undefined, failed: true, scope: 'from-item' }
}

function judgeOutcomes(outcomes: readonly RecordOutcome[], count: number): Judgement | undefined {
  if (outcomes.length !== count) {
    return wholeFailure(`The handler answered ${outcomes.length} outcomes for ${count} records: it has to answer one for each.`)
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
  const verdict = (index: number): Verdict => verdictOf(outcomes[index])
  return { verdict, reason: (index) => reasonOf(outcomes[index]), afterMs, failed, scope: 'items' }
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
