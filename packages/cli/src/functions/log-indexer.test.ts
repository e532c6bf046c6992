import type { BatchContext } from '@millrace/function'
import { allDocuments, type LogDocument, type LogDocuments } from '@millrace/log-index'
import { encodeRecords, RecordBatch, type RecordHeaders, type RecordSource, type StreamRecord } from '@millrace/stream'
import { describe, expect, it } from 'vitest'
import { logIndexer } from './log-indexer.ts'

const source = { streamName: 'logs', incarnation: 'i', shard: { shardId: 'shardId-000000000000', index: 0 } } as unknown as RecordSource

function record(position: number, headers: RecordHeaders): StreamRecord {
  return {
    partitionKey: 'k',
    data: Buffer.from(`line ${position}`),
    position,
    sequenceNumber: String(position),
    approximateArrivalTimestamp: 1_763_700_000_000,
    headers,
    producerSequence: undefined,
  }
}

/** What reaches the index of these records. */
async function indexed(records: readonly StreamRecord[], maybeRepeated: boolean): Promise<readonly LogDocument[]> {
  let documents: readonly LogDocument[] = []
  const sink = {
    bulk: async (bulk: LogDocuments) => {
      documents = allDocuments(bulk)
      return documents.map(() => ({ status: 'created' as const }))
    },
  }
  const handler = logIndexer(sink, { normalizer: {}, namespace: 'default' })
  const context = { maybeRepeated, signal: new AbortController().signal } as unknown as BatchContext
  await handler(new RecordBatch(source, encodeRecords(records)), context)
  return documents
}

describe('log-indexer', () => {
  it('says of each document whether an earlier attempt may have written it', async () => {
    const records = [record(0, {}), record(1, { resent: true }), record(2, { recordId: 'redriven' })]
    expect((await indexed(records, false)).map(({ maybeRepeated }) => maybeRepeated)).toEqual([false, true, true])
    expect((await indexed(records, true)).map(({ maybeRepeated }) => maybeRepeated)).toEqual([true, true, true])
  })
})
