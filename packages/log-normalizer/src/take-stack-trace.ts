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
  draft.message = draft.message.slice(0, draft.message.indexOf('\n'))
}

function complete(draft: Draft, stack: string): void {
  const found = findStackTrace(stack)
  draft.errorType ??= found?.type
  draft.errorMessage ??= found?.message
}
