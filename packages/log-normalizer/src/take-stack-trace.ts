import type { Draft } from './draft.ts'
import { findStackTrace } from './stack-trace.ts'

/** Moves a stack trace from the message to the error's fields; completes what a structured line left out beside its trace. */
export function takeStackTrace(draft: Draft): void {
  if (draft.errorStack !== undefined) {
    if (draft.errorType === undefined || draft.errorMessage === undefined) complete(draft, draft.errorStack)
    return
  }
  if (draft.errorMessage?.includes('\n')) {
    const found = findStackTrace(draft.errorMessage)
    if (found !== undefined) {
      draft.errorStack = draft.errorMessage
      draft.errorMessage = undefined
      complete(draft, draft.errorStack)
    }
  }
  if (draft.errorStack !== undefined || draft.messageJson !== '' || !draft.message?.includes('\n')) return
  const found = findStackTrace(draft.message)
  if (found === undefined) return
  draft.errorStack = draft.message.slice(found.start)
  draft.errorType ??= found.type
  draft.errorMessage ??= found.message
  // What stands in front of the trace is the message, else the trace's first line is.
  const firstEnd = draft.message.indexOf('\n')
  draft.message = draft.message.slice(0, found.start > firstEnd ? found.start : firstEnd).trimEnd()
}

function complete(draft: Draft, stack: string): void {
  const found = findStackTrace(stack)
  draft.errorType ??= found?.type
  draft.errorMessage ??= found?.message
}
