import type { DocumentOutcome } from '@millrace/log-index'
import type { Failure } from '../describe-failure.ts'

const credentials = 'Check the options apiKey, or username and password, and what they may do.'

/**
 * What became of all documents of a request that failed as a whole: nothing is known to be lost or written, so each is tried again. Busy answers
 * (429, 502, 503, 504) are overload.
 */
export function requestOutcome({ status, reason, afterMs }: Failure): DocumentOutcome {
  const isBusy = status === 429 || status === 502 || status === 503 || status === 504
  const hint = status === 401 || status === 403 ? ` ${credentials}` : ''
  return {
    status: 'retry',
    cause: isBusy ? 'overload' : 'error',
    reason: `${reason}.${hint}`,
    ...(afterMs === undefined ? {} : { afterMs }),
  }
}
