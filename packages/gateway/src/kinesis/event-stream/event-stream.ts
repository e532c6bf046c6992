import { toKinesisError } from '../kinesis-error.ts'
import type { WireFormat } from '../wire/wire-format.ts'
import { encodeEvent } from './encode-event.ts'

/** An output that comes in parts, each an event with its name. */
export class EventStream {
  readonly events: AsyncIterable<EventStreamEvent>
  constructor(events: AsyncIterable<EventStreamEvent>) {
    this.events = events
  }
}

export interface EventStreamEvent {
  readonly type: string
  readonly body: object
}

export const eventStreamContentType = 'application/vnd.amazon.eventstream'

/** The messages of a stream: the initial response, which clients of the RPC protocols wait for, then the events; an error ends it as an exception. */
export async function* eventMessages({ events }: EventStream, format: WireFormat): AsyncGenerator<Uint8Array> {
  yield event('initial-response', {}, format)
  try {
    for await (const { type, body } of events) yield event(type, body, format)
  } catch (error) {
    const { type, message } = toKinesisError(error)
    const headers = { ':message-type': 'exception', ':exception-type': type, ':content-type': format.contentType }
    yield encodeEvent(headers, format.encode({ message }))
  }
}

function event(type: string, body: object, format: WireFormat): Uint8Array {
  const headers = { ':message-type': 'event', ':event-type': type, ':content-type': format.contentType }
  return encodeEvent(headers, format.encode(body))
}
