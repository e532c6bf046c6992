import { functionArn, type InvocationResult } from '@millrace/function'
import type { AsyncEvent } from './async-event.ts'

/** Why an event will not be tried again, or that it succeeded: Lambda's `condition`. */
export type AsyncCondition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency'

/** What a destination gets: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export interface AsyncInvocationRecord {
  readonly version: '1.0'
  /** `2026-11-21T13:11:34.000Z` */
  readonly timestamp: string
  readonly requestContext: {
    readonly requestId: string
    readonly functionArn: string
    readonly condition: AsyncCondition
    readonly approximateInvokeCount: number
  }
  readonly requestPayload: unknown
  /** Of the last attempt; none where there was no attempt. */
  readonly responseContext?: { readonly statusCode: 200; readonly executedVersion: '$LATEST'; readonly functionError?: 'Unhandled' }
  readonly responsePayload?: unknown
}

/** `result` is that of the last attempt. */
export function invocationRecord(
  event: AsyncEvent,
  condition: AsyncCondition,
  attempts: number,
  result: InvocationResult | undefined,
  now: number,
): AsyncInvocationRecord {
  const record: AsyncInvocationRecord = {
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: event.id,
      functionArn: `${functionArn(event.functionName)}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: JSON.parse(event.json) as unknown,
  }
  if (result === undefined) return record
  const responseContext = { statusCode: 200, executedVersion: '$LATEST' } as const
  if (result.kind === 'failure') {
    const { errorType, errorMessage, trace } = result
    return {
      ...record,
      responseContext: { ...responseContext, functionError: 'Unhandled' },
      responsePayload: { errorType, errorMessage, trace },
    }
  }
  return { ...record, responseContext, responsePayload: result.kind === 'success' ? (JSON.parse(result.json) as unknown) : result.outcomes }
}
