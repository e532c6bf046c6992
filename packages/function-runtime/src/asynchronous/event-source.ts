import type { RecordSource, StreamRecord } from '@millrace/stream'

/** Where an event stands. */
export interface EventSource {
  readonly source: RecordSource
  readonly record: StreamRecord
  /** When the event was accepted first, milliseconds since the epoch. */
  readonly acceptedTimestamp: number
}
