import { types } from 'node:util'
import type { ErrorPayload } from '../protocol.ts'

/** Lambda's error object for anything that was thrown. */
export function errorPayload(error: unknown): ErrorPayload {
  if (isError(error)) {
    return { errorType: text(error.name), errorMessage: text(error.message), trace: text(error.stack ?? '').split('\n') }
  }
  return { errorType: typeof error, errorMessage: text(error), trace: [] }
}

/** The same with a type of the runtime's own. */
export function runtimeError(errorType: string, error: unknown): ErrorPayload {
  const errorMessage = isError(error) ? `${text(error.name)}: ${text(error.message)}` : text(error)
  return { errorType, errorMessage, trace: traceOf(errorType, errorMessage, error) }
}

/** The trace of an error under the runtime's own name for it: that comes first, as Lambda writes it, then where the error came from. */
export function traceOf(errorType: string, errorMessage: string, error: unknown): readonly string[] {
  const lines = isError(error) ? text(error.stack ?? '').split('\n') : []
  const frames = lines.findIndex((line) => /^\s+at /.test(line))
  return [`${errorType}: ${errorMessage}`, ...(frames === -1 ? [] : lines.slice(frames))]
}

/** What Lambda's Node runtime writes behind `Invoke Error`: the error's own enumerable properties come along. */
export function loggedError(error: unknown, payload: ErrorPayload): string {
  const own = isError(error) ? Object.fromEntries(Object.entries(error)) : {}
  const logged = { errorType: payload.errorType, errorMessage: payload.errorMessage, ...own, stack: payload.trace }
  try {
    return JSON.stringify(logged)
  } catch {
    return JSON.stringify({ errorType: payload.errorType, errorMessage: payload.errorMessage, stack: payload.trace })
  }
}

// Not `instanceof`: an error may come from another realm, e.g. out of `node:vm`.
function isError(error: unknown): error is Error {
  return (
    types.isNativeError(error) || (typeof error === 'object' && error !== null && 'name' in error && 'message' in error && 'stack' in error)
  )
}

function text(value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'An error that cannot be put into words.'
  }
}
