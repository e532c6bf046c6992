import type { BatchContext, BatchHandler, RecordOutcome } from '@millrace/function'
import { dataStreamName, type LogDocument, type LogSink } from '@millrace/log-index'
import { createNormalizer, type Normalizer, type NormalizerOptions } from '@millrace/log-normalizer'
import { type RecordBatch, recordId } from '@millrace/stream'
import { toRecordOutcome } from './record-outcome.ts'
import { writeCopies } from './write-copies.ts'

/** What an execution environment of `log-indexer` is made with; crosses into a worker thread. */
export interface LogIndexerInit {
  /** Module and export that connect to the index from within the environment: `(data) => LogSink`. */
  readonly sink: { readonly module: string; readonly export: string; readonly data: unknown }
  readonly normalizer: NormalizerOptions
  readonly namespace: string
}

/**
 * Builds the built-in function `log-indexer`: normalizes the records of a batch, writes them in one bulk, and answers one outcome per record.
 */
export async function createLogIndexer(init: LogIndexerInit): Promise<BatchHandler> {
  const module = (await import(init.sink.module)) as Record<string, (data: unknown) => LogSink | Promise<LogSink>>
  const connect = module[init.sink.export]
  if (connect === undefined) throw new TypeError(`${init.sink.module} does not export ${init.sink.export}.`)
  return logIndexer(await connect(init.sink.data), init)
}

/** As `createLogIndexer`, over a sink that is there. */
export function logIndexer(sink: LogSink, options: Pick<LogIndexerInit, 'normalizer' | 'namespace'>): BatchHandler {
  const normalizer = createNormalizer(options.normalizer)
  const dataStreams = new Map<string, string>()
  const dataStreamOf = (dataset: string): string => {
    let name = dataStreams.get(dataset)
    if (name === undefined) {
      // Datasets can come out of the lines: what is remembered has to be bounded.
      if (dataStreams.size >= 1_000) dataStreams.clear()
      name = dataStreamName('logs', dataset, options.namespace)
      dataStreams.set(dataset, name)
    }
    return name
  }
  let replaying: { readonly into: string; readonly normalizer: Normalizer } | undefined
  /** As ever, but that the documents say which data stream they are in. */
  const normalizerInto = (into: string): Normalizer => {
    if (replaying?.into !== into) replaying = { into, normalizer: createNormalizer({ ...options.normalizer, dataStreamDataset: into }) }
    return replaying.normalizer
  }
  return async (batch: RecordBatch, context: BatchContext): Promise<readonly RecordOutcome[]> => {
    const { replay } = context
    const into = replay?.dryRun === false ? replay.into : undefined
    const ownNormalizer = into === undefined ? normalizer : normalizerInto(into)
    const ingestedTimestamp = Date.now()
    // Made one by one, as the sink writes them down: a batch of documents that wait for each other costs the garbage collector more than making them.
    const at = (index: number): LogDocument => {
      const record = batch.record(index)
      const { headers } = record
      const log = ownNormalizer.normalize(record.data, {
        arrivalTimestamp: record.approximateArrivalTimestamp,
        ingestedTimestamp,
        readTimestamp: headers.readTimestamp,
        service: headers.service,
        host: headers.host,
        path: headers.path,
      })
      return {
        id: recordId(batch.source, record),
        dataStream: dataStreamOf(log.dataset),
        timestamp: log.timestamp,
        source: log.source,
        // Tried again, after a takeover, sent twice by its producer, or redriven: an earlier attempt may have written it.
        maybeRepeated: context.maybeRepeated || headers.resent === true || headers.recordId !== undefined,
      }
    }
    if (replay?.dryRun === true) return Array.from({ length: batch.length }, (_, index) => ({ outcome: 'preview', document: at(index) }))
    const documents = { length: batch.length, at }
    if (into !== undefined) return writeCopies(sink, documents, dataStreamOf(into), context.signal)
    const outcomes = await sink.bulk(documents, context.signal)
    return outcomes.map(toRecordOutcome)
  }
}
