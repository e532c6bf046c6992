import type { ErrorPayload } from './protocol.ts'
import type { Verdict } from './invocation.ts'

type Failure = Extract<Verdict, { kind: 'failure' }>

function failure(errorType: string, requestId: string, message: string, trace: readonly string[] = []): Failure {
  return {
    kind: 'failure',
    error: { errorType, errorMessage: `RequestId: ${requestId} Error: ${message}`, trace },
    report: { status: 'error', errorType },
  }
}

/** The invocation took longer than its function may. */
export function timedOut(requestId: string, timeoutSeconds: number): Failure {
  return { ...failure('Sandbox.Timedout', requestId, timeoutText(timeoutSeconds)), report: { status: 'timeout' } }
}

export function timeoutText(timeoutSeconds: number): string {
  return `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`
}

/** The environment reached its memory limit. */
export function outOfMemory(requestId: string, memorySizeMb: number): Failure {
  return failure('Runtime.OutOfMemory', requestId, `Runtime exited with error: signal: killed (out of memory: ${memorySizeMb} MB)`)
}

/** The handler's code ended its environment with `process.exit`. */
export function exited(requestId: string, exitCode: number): Failure {
  const how = exitCode === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${exitCode}`
  return failure('Runtime.ExitError', requestId, how)
}

/** Something else ended the environment: a neighbour's time-out or crash, a shutdown. The invocation is not to blame. */
export function environmentEnded(requestId: string, why: string): Failure {
  return failure('Runtime.EnvironmentEnded', requestId, `The execution environment was ended while this invocation ran in it: ${why}`)
}

/** An error that nobody caught. */
export function crashed(error: ErrorPayload): Failure {
  return { kind: 'failure', error, report: { status: 'error', errorType: error.errorType } }
}
