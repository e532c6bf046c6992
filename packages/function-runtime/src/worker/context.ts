import type { Context } from '@millrace/function'
import type { EnvironmentData, InvokeRequest } from '../protocol.ts'

/** Lambda's context object. The time that remains is counted from now. */
export function createContext(environment: EnvironmentData, request: InvokeRequest): Context {
  const deadline = performance.now() + request.timeoutMs
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: '$LATEST',
    functionName: environment.functionName,
    memoryLimitInMB: String(environment.memorySizeMb),
    logGroupName: `/aws/lambda/${environment.functionName}`,
    logStreamName: environment.logStreamName,
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: environment.functionArn,
    awsRequestId: request.requestId,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
  }
}
