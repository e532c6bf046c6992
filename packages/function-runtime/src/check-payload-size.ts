import { PayloadTooLargeError, type Payload } from '@millrace/function'
import type { ResolvedFunction } from './function-definition.ts'
import { payloadBytes } from './payload-size.ts'
import { payloadBytesMax } from './protocol.ts'

/** Throws `PayloadTooLargeError`. A batch handler gets the records themselves: its batches are limited by whoever makes them. */
export function checkPayloadSize(fn: ResolvedFunction, payload: Payload): void {
  if (payload.kind === 'records' && fn.definition.kind === 'native') return
  // A UTF-16 unit takes at most 3 bytes: short text needs not be measured.
  if (payload.kind === 'json' && payload.json.length * 3 <= payloadBytesMax) return
  const bytes = payloadBytes(payload)
  if (bytes > payloadBytesMax) {
    throw new PayloadTooLargeError(
      `The event for "${fn.name}" has ${bytes} bytes; at most ${payloadBytesMax} can be invoked with. Send less.`,
    )
  }
}
