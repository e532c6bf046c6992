import { type PutRefused, StreamError } from '@millrace/stream'
import type { Shipment } from './partition-writer.ts'

/** The broker cannot write: its disk is full or broken. */
export const storageFullTypes: ReadonlySet<string> = new Set(['KAFKA_STORAGE_ERROR', 'LOG_DIR_NOT_FOUND'])

const tooLargeTypes: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])

/** Kafka's name for an error; nothing for errors of other kinds. */
export function errorType(error: unknown): string {
  return error instanceof Error && 'type' in error ? String(error.type) : ''
}

/** What a put is told about records that could not be written. */
export function refusalOf(error: unknown, shipment?: Shipment): PutRefused {
  const type = errorType(error)
  const text = error instanceof Error ? error.message : String(error)
  if (storageFullTypes.has(type)) return { accepted: false, retryable: true, reason: 'storage-full', message: text }
  if (tooLargeTypes.has(type)) {
    const message = `${text} Raise max.message.bytes of the topic.`
    // Several records in a batch that is too large may be small enough each: they are kept for when the topic takes them.
    if (shipment?.count !== 1) return { accepted: false, retryable: true, reason: 'internal', message }
    return { accepted: false, retryable: false, reason: 'invalid-record', message }
  }
  const message = shipment?.uncertain === true ? `${text} Some of the records may have been written.` : text
  // A session that ended is renewed with the next put.
  const retryable = !(error instanceof StreamError) || error.retryable || /SEQUENCE|PRODUCER/.test(type)
  return { accepted: false, retryable, reason: 'internal', message }
}
