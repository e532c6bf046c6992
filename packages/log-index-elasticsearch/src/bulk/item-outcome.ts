import type { DocumentOutcome } from '@millrace/log-index'

/** What Elasticsearch says about one document of a bulk. */
export interface BulkItem {
  readonly status: number
  readonly error?: ItemError
}

export interface ItemError {
  readonly type: string
  readonly reason?: string | null
  readonly caused_by?: ItemError
}

export const created: DocumentOutcome = Object.freeze({ status: 'created' })
export const exists: DocumentOutcome = Object.freeze({ status: 'exists' })

/** Errors with a status of 4xx that are about the state of the cluster or a setting, not about the document: it may be written once that is put right. */
const passing = new Set([
  'index_closed_exception',
  'index_not_found_exception',
  'cluster_block_exception',
  'security_exception',
  // The cluster has as many shards as it may have: no new data stream can be made.
  'validation_exception',
])

/** What became of a document, from Elasticsearch's answer about it. The words of a rejection are Elasticsearch's own. */
export function itemOutcome({ status, error }: BulkItem): DocumentOutcome {
  if (status < 300) return created
  if (status === 409) return exists
  const reason = error === undefined ? `Elasticsearch answered ${status} without a reason.` : reasonOf(error)
  if (status === 429 || status >= 500) return { status: 'retry', cause: 'overload', reason }
  const isPassing = status === 401 || status === 403 || status === 404 || passing.has(error?.type ?? '')
  return isPassing ? { status: 'retry', cause: 'error', reason } : { status: 'rejected', reason }
}

const reasonCharsMax = 1_000

/** The error and what it was caused by, as far as that says more. */
function reasonOf(error: ItemError): string {
  let text = ''
  let at: ItemError | undefined = error
  for (let depth = 0; depth < 4 && at !== undefined; depth++) {
    const reason = at.reason ?? ''
    if (depth === 0) text = reason === '' ? at.type : `${at.type}: ${reason}`
    else if (reason !== '' && !text.includes(reason)) text += `; caused by ${at.type}: ${reason}`
    at = at.caused_by
  }
  return text.length <= reasonCharsMax ? text : `${text.slice(0, reasonCharsMax)} …`
}
