import { InvalidSearchError, SearchLimitError, SearchUnavailableError } from '@millrace/log-index'
import type { Failure } from '../describe-failure.ts'

/** What a search or its answer was too large for. */
const limits =
  /too_many_buckets|too_many_clauses|too many (buckets|clauses)|max_clause_count|too_complex_to_determinize|search_timeout|time exceeded/i

/** The error for a search that Elasticsearch did not answer. */
export function searchFailure({ status, reason, type }: Failure): Error {
  if (limits.test(`${type} ${reason}`))
    return new SearchLimitError(`The search is too large: ${reason}. Narrow the time range or the query.`)
  if (status === 401 || status === 403) return new SearchUnavailableError(`${reason}. Check the options apiKey, or username and password.`)
  if (status !== undefined && status >= 400 && status < 500 && status !== 429) return new InvalidSearchError(`${reason}.`)
  return new SearchUnavailableError(`${reason}.`)
}
