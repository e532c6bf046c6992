import type { RecordOutcome } from '@millrace/function'
import type { DocumentOutcome } from '@millrace/log-index'

const settled: RecordOutcome = { outcome: 'settled' }

/** What became of a record, of what became of its document. */
export function toRecordOutcome(outcome: DocumentOutcome): RecordOutcome {
  switch (outcome.status) {
    case 'created':
    case 'exists':
      return settled
    case 'retry':
      return {
        outcome: 'retry',
        cause: outcome.cause,
        reason: outcome.reason,
        ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }),
      }
    case 'rejected':
      return { outcome: 'terminal', reason: outcome.reason }
  }
}
