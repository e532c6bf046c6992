import type { RecordOutcome } from '@millrace/function'
import type { LogDocument, LogSink } from '@millrace/log-index'
import { toRecordOutcome } from './record-outcome.ts'

/**
 * Writes documents once more, into a data stream of their own. An id means one document of the whole index: a copy has another one, which follows from the first and the
 * data stream, so that a replay that is repeated doubles nothing. A document whose own data stream it is already is refused.
 */
export async function writeCopies(
  sink: LogSink,
  documents: { readonly length: number; at(index: number): LogDocument },
  dataStream: string,
  signal: AbortSignal,
): Promise<readonly RecordOutcome[]> {
  const copies: LogDocument[] = []
  const outcomes: (RecordOutcome | undefined)[] = []
  for (let index = 0; index < documents.length; index++) {
    const document = documents.at(index)
    if (document.dataStream === dataStream) {
      const reason = `The record is of ${dataStream} itself, which a replay must not write to: replay into another dataset.`
      outcomes.push({ outcome: 'terminal', reason })
    } else {
      copies.push({ ...document, id: copyId(dataStream, document.id), dataStream })
      outcomes.push(undefined)
    }
  }
  const written = (await sink.bulk(copies, signal)).values()
  return outcomes.map((outcome) => outcome ?? toRecordOutcome(written.next().value ?? lost))
}

/** Keeps the number at the end of an id, by which an index packs ids that follow each other. */
function copyId(dataStream: string, id: string): string {
  return `${dataStream}.${id}`
}

const lost = { status: 'retry', cause: 'error', reason: 'The index gave no answer for this document.' } as const
