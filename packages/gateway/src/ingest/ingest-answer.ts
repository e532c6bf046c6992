import { retryAfter } from './byte-budget.ts'
import type { PutOutcome, RefusedRecord } from './put-in-slices.ts'

/** Status, headers and body that an ingest request is answered with. */
export interface IngestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

/**
 * 200 when every record was taken. Otherwise the body has an `error`, the count of accepted records, and the refused ones by their index; the list is left
 * out where all were refused for the same reason. `nextSequence`: what a producer that numbers its records begins its next request with.
 */
export function ingestAnswer(outcome: PutOutcome, nextSequence: number | undefined, retryAfterMs: number): IngestAnswer {
  const next = nextSequence === undefined ? {} : { nextSequence }
  const { accepted, refused } = outcome
  const worst = worstOf(refused)
  if (worst === undefined) return { status: 200, headers: {}, body: { accepted, ...next } }
  const status = outcome.failure?.status ?? statusOf(worst)
  const error = {
    code: worst.code,
    message: accepted === 0 ? worst.message : `${refused.length} of ${accepted + refused.length} records were refused: ${worst.message}`,
    retryable: worst.retryable,
  }
  const listed = accepted > 0 || refused.some((record) => record.code !== worst.code) ? { refused } : {}
  return {
    status,
    headers: worst.retryable ? retryAfter(retryAfterMs) : {},
    body: { accepted, ...next, error, ...listed },
  }
}

const statuses: Readonly<Record<string, number>> = {
  'throughput-exceeded': 429,
  'storage-full': 507,
  'invalid-record': 400,
}

function statusOf(refused: RefusedRecord): number {
  return statuses[refused.code] ?? (refused.retryable ? 503 : 500)
}

/** What to tell about all of them: a full disk before pressure, and what may be sent again before what never can be taken. */
function worstOf(refused: readonly RefusedRecord[]): RefusedRecord | undefined {
  let worst: RefusedRecord | undefined
  for (const record of refused) {
    if (worst === undefined || rank(record) > rank(worst)) worst = record
  }
  return worst
}

function rank(record: RefusedRecord): number {
  if (!record.retryable) return 0
  return record.code === 'throughput-exceeded' ? 1 : 2
}
