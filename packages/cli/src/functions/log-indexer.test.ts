import type { BatchContext, RecordOutcome, ReplayMode } from '@millrace/function'
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

  describe('in a replay', () => {
    async function replay(mode: ReplayMode): Promise<{ outcomes: readonly RecordOutcome[]; written: readonly LogDocument[] }> {
      let written: readonly LogDocument[] = []
      const sink = {
        bulk: async (bulk: LogDocuments) => {
          written = allDocuments(bulk)
          return written.map(() => ({ status: 'created' as const }))
        },
      }
      const context = { maybeRepeated: true, replay: mode, signal: new AbortController().signal } as unknown as BatchContext
      const handler = logIndexer(sink, { normalizer: {}, namespace: 'default' })
      const records = [record(0, {}), { ...record(1, {}), data: Buffer.from('{"level":"info","message":"hello"}') }]
      return { outcomes: await handler(new RecordBatch(source, encodeRecords(records)), context), written }
    }

    it('writes nothing in a dry run, and answers the documents', async () => {
      const { outcomes, written } = await replay({ dryRun: true })
      expect(written).toEqual([])
      expect(outcomes).toMatchObject([
        { outcome: 'preview', document: { id: 'i-0-0', dataStream: 'logs-generic-default' } },
        { outcome: 'preview', document: { id: 'i-0-1', dataStream: 'logs-json-default' } },
      ])
    })

    it('writes copies with ids of their own into the dataset, and never into that of the originals', async () => {
      const { outcomes, written } = await replay({ dryRun: false, into: 'json' })
      expect(written).toMatchObject([{ id: 'logs-json-default.i-0-0', dataStream: 'logs-json-default' }])
      expect(JSON.parse(written[0]?.source ?? '')).toMatchObject({ data_stream: { dataset: 'json' }, event: { dataset: 'generic' } })
      expect(outcomes).toMatchObject([{ outcome: 'settled' }, { outcome: 'terminal' }])
    })
  })
})
