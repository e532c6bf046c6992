import type { DocumentOutcome } from '@millrace/log-index'
import type { Failure } from '../describe-failure.ts'

const credentials = 'Check the options apiKey, or username and password, and what they may do.'

/**
 * What became of all documents of a request that failed as a whole: nothing is known to be lost or written, so each is tried again, for as long as it takes.
 * That no node answers, or none lets this process in, says nothing about the documents: it must not use up the attempts after which a record is given up.
 */
export function requestOutcome({ status, reason, afterMs }: Failure): DocumentOutcome {
  const hint = status === 401 || status === 403 ? ` ${credentials}` : ''
  return {
    status: 'retry',
    cause: 'overload',
    reason: `${reason}.${hint}`,
    ...(afterMs === undefined ? {} : { afterMs }),
  }
}
