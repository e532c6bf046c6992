import type { InvocationResult } from '@millrace/function'
import { parseResponse, unreadable } from '../lambda-response.ts'

/**
 * JSON of the `state` in a function's response to an invocation with a tumbling window; undefined where there is none, which Lambda takes for a failure.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export function answeredState(result: InvocationResult): string | undefined {
  if (result.kind !== 'success') return undefined
  const response = parseResponse(result.json)
  if (response === unreadable || typeof response !== 'object' || response === null || !('state' in response)) return undefined
  return JSON.stringify(response.state)
}
