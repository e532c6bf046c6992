import { NewerVersionError } from '@millrace/stream'

/** An event that waits for its function: what stands in the internal streams. */
export interface AsyncEvent {
  /** The request id of every attempt. */
  readonly id: string
  readonly functionName: string
  /** JSON text. */
  readonly json: string
  /** Attempts that the function failed. */
  readonly failures: number
  /** Times that it could not be run (throttled, out of room) since the last attempt. */
  readonly deferrals: number
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  /** When it was accepted first, milliseconds since the epoch; undefined for one that was just appended: then it is the record's arrival. */
  readonly acceptedTimestamp: number | undefined
}

/** A record of the internal streams that is no event. */
export class InvalidAsyncEventError extends Error {
  readonly retryable = false
  override readonly name = 'InvalidAsyncEventError'
}

const version = 1
const lineEnd = 0x0a

/** A line of JSON about the event, then the event's own text. */
export function encodeAsyncEvent({ json, notBefore, ...event }: AsyncEvent): Uint8Array {
  return Buffer.from(`${JSON.stringify({ version, ...event, ...(notBefore === 0 ? {} : { notBefore }) })}\n${json}`)
}

/** Throws `InvalidAsyncEventError`, and `NewerVersionError` for what a newer Millrace wrote. */
export function decodeAsyncEvent(data: Uint8Array): AsyncEvent {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const end = bytes.indexOf(lineEnd)
  const head = parseHead(bytes.toString('utf8', 0, Math.max(0, end)))
  if (typeof head.version === 'number' && head.version > version) {
    throw new NewerVersionError('An event of an asynchronous invocation', head.version, version)
  }
  const { id, functionName, failures, deferrals, notBefore = 0, acceptedTimestamp } = head
  if (typeof id !== 'string' || typeof functionName !== 'string' || typeof failures !== 'number' || typeof deferrals !== 'number') {
    throw new InvalidAsyncEventError('The record is not an event of an asynchronous invocation.')
  }
  return { id, functionName, failures, deferrals, notBefore, acceptedTimestamp, json: bytes.toString('utf8', end + 1) }
}

function parseHead(text: string): Partial<AsyncEvent> & { readonly version?: number } {
  try {
    const head: unknown = JSON.parse(text)
    return typeof head === 'object' && head !== null ? head : {}
  } catch {
    return {}
  }
}
