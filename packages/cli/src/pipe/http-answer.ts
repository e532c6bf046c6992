import type { RefusedRecord, SendResult } from './record-destination.ts'

/** An answer of the gateway, as far as a pipe looks at it. */
export interface HttpAnswer {
  readonly status: number
  /** `Retry-After`. */
  readonly retryAfter: string | undefined
  readonly text: string
}

interface AnswerBody {
  readonly accepted?: unknown
  readonly refused?: unknown
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly retryable?: unknown }
}

/** What an answer to `recordCount` records means. `url` is for messages; `now` is for a Retry-After that is a date. */
export function readHttpAnswer(answer: HttpAnswer, recordCount: number, url: string, now: number): SendResult {
  const { status } = answer
  const body = parseBody(answer.text)
  const reason = typeof body?.error?.message === 'string' ? body.error.message : `${url} answered ${status}.`
  const afterMs = retryAfterMs(answer.retryAfter, now)
  if (Array.isArray(body?.refused)) {
    const refused = body.refused.filter(isRefusedRecord)
    if (refused.length === body.refused.length && refused.every(({ index }) => index < recordCount)) {
      return { outcome: 'answered', refused, afterMs }
    }
  }
  if (status === 200) {
    if (body?.accepted === recordCount) return { outcome: 'answered', refused: [] }
    return { outcome: 'fatal', reason: `${url} answers, but not as a millrace would: ${JSON.stringify(answer.text.slice(0, 200))}.` }
  }
  if (status === 413) return { outcome: 'too-large', reason }
  if (status === 429 || status === 507) return { outcome: 'retry', cause: 'overload', reason, afterMs, uncertain: false }
  if (status === 408 || status === 425 || status === 499) return { outcome: 'retry', cause: 'away', reason, afterMs, uncertain: true }
  if (status >= 500) {
    if (body?.error?.retryable === false) return { outcome: 'rejected', reason }
    return { outcome: 'retry', cause: status === 503 ? 'overload' : 'away', reason, afterMs, uncertain: true }
  }
  // A server that is older than this pipe refuses every batch alike; any other bad request is about these records.
  return { outcome: status === 400 && body?.error?.code !== 'newer-version' ? 'rejected' : 'fatal', reason }
}

function parseBody(text: string): AnswerBody | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : undefined
  } catch {
    return undefined
  }
}

function isRefusedRecord(entry: unknown): entry is RefusedRecord {
  const { index, message, retryable } = (entry ?? {}) as Record<string, unknown>
  return Number.isInteger(index) && (index as number) >= 0 && typeof message === 'string' && typeof retryable === 'boolean'
}

const retryAfterMsMax = 60_000

/** Seconds, or an HTTP date. At most a minute is believed. */
function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isNaN(milliseconds) ? undefined : Math.min(retryAfterMsMax, Math.max(0, milliseconds))
}
