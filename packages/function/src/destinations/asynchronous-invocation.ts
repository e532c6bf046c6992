import { functionArn } from '../lambda-api/account-arns.ts'
import type { DestinationRecord } from './destination-record.ts'
import type { ResponseContext } from './failed-batch.ts'

export interface AsynchronousInvocation {
  readonly functionName: string
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded'
  readonly requestId: string
  readonly invokeCount: number
  /** JSON text of the event. */
  readonly requestJson: string
  /** What the last invocation came to; undefined for an event that was never handled. */
  readonly response: { readonly json: string; readonly functionFailed: boolean } | undefined
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export interface AsynchronousInvocationRecord {
  readonly version: '1.0'
  /** ISO 8601. */
  readonly timestamp: string
  readonly requestContext: {
    readonly requestId: string
    readonly functionArn: string
    readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded'
    readonly approximateInvokeCount: number
  }
  readonly requestPayload: unknown
  readonly responseContext?: ResponseContext
  readonly responsePayload?: unknown
}

/** The record of an event that was handled, or is given up. What the function was invoked with is always part of it. */
export function asynchronousInvocation(invocation: AsynchronousInvocation): DestinationRecord {
  const { functionName, timestamp } = invocation
  const json = (): string => JSON.stringify(invocationRecord(invocation))
  return { key: functionName, folder: `aws/lambda/async/${functionName}`, timestamp, json, jsonWithPayload: json }
}

function invocationRecord(invocation: AsynchronousInvocation): AsynchronousInvocationRecord {
  const { functionName, condition, requestId, invokeCount, requestJson, response, timestamp } = invocation
  return {
    version: '1.0',
    timestamp: new Date(timestamp).toISOString(),
    requestContext: { requestId, functionArn: `${functionArn(functionName)}:$LATEST`, condition, approximateInvokeCount: invokeCount },
    requestPayload: payload(requestJson),
    ...(response === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: '$LATEST' as const,
            ...(response.functionFailed ? { functionError: 'Unhandled' as const } : {}),
          },
          responsePayload: payload(response.json),
        }),
  }
}

/** What cannot be read as JSON goes as the text that it is: nothing is lost. */
function payload(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
