import { errors } from '@elastic/elasticsearch'

/** Why a request as a whole failed. */
export interface Failure {
  /** HTTP status; undefined if there was no answer. */
  readonly status?: number
  /** One sentence without the final full stop. */
  readonly reason: string
  /** What Elasticsearch calls the error. */
  readonly type?: string
  /** From `Retry-After`. */
  readonly afterMs?: number
}

/** Puts what the client threw into words. */
export function describeFailure(error: unknown, timedOut: boolean, timeoutMs: number): Failure {
  if (timedOut) return { reason: `Elasticsearch did not answer within ${timeoutMs} ms (option requestTimeoutMs)` }
  if (error instanceof errors.ResponseError) return describeResponse(error)
  if (error instanceof errors.ProductNotSupportedError) {
    return { reason: 'What answers at this address is not Elasticsearch (option nodes)' }
  }
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
    return { reason: `Elasticsearch cannot be reached: ${message}` }
  }
  return { reason: `The request to Elasticsearch failed: ${message}` }
}

function describeResponse({ statusCode = 0, body, headers }: errors.ResponseError): Failure {
  const cause = causeOf(body)
  const detail = cause === undefined ? textOf(body) : `${cause.type}: ${cause.reason}`
  const afterMs = retryAfterMs(headers?.['retry-after'])
  return {
    status: statusCode,
    reason: `Elasticsearch answered ${statusCode}${detail === '' ? '' : `, ${detail}`}`,
    ...(cause === undefined ? {} : { type: cause.type }),
    ...(afterMs === undefined ? {} : { afterMs }),
  }
}

function causeOf(body: unknown): { readonly type: string; readonly reason: string } | undefined {
  const error = (body as { readonly error?: Cause & { readonly root_cause?: readonly Cause[] } } | null | undefined)?.error
  // Of a search, the error itself only says that shards failed.
  const cause = error?.root_cause?.[0] ?? error
  return typeof cause?.type === 'string' ? { type: cause.type, reason: String(cause.reason) } : undefined
}

interface Cause {
  readonly type?: unknown
  readonly reason?: unknown
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body.replace(/\s+/g, ' ').trim().slice(0, 200) : ''
}

function retryAfterMs(header: string | string[] | undefined): number | undefined {
  const seconds = Number(Array.isArray(header) ? header[0] : header)
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3_600) * 1_000 : undefined
}
