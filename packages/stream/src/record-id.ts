import type { RecordHeaders } from './record.ts'
import type { RecordSource } from './shard.ts'

/**
 * The identity of a record, by which a repeat is known as one. It follows from the record alone: from the identity it was given, else from
 * its producer's id and sequence (a line that is sent again is the same line), else from where it stands in which incarnation of which stream.
 */
export function recordId(
  source: RecordSource,
  record: { readonly headers: RecordHeaders; readonly producerSequence: number | undefined; readonly position: number },
): string {
  const { recordId, producerId } = record.headers
  if (recordId !== undefined) return recordId
  if (producerId !== undefined && record.producerSequence !== undefined) return `${producerId}-${record.producerSequence.toString(36)}`
  return `${source.incarnation}-${source.shard.index.toString(36)}-${record.position.toString(36)}`
}
