import type { BatchContext, BatchHandler, RecordOutcome } from '@millrace/function'
import { dataStreamName, type DocumentOutcome, type LogDocument, type LogSink } from '@millrace/log-index'
import { createNormalizer, type NormalizerOptions } from '@millrace/log-normalizer'
import { type RecordBatch, recordId } from '@millrace/stream'

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
  return async (batch: RecordBatch, context: BatchContext): Promise<readonly RecordOutcome[]> => {
    const ingestedTimestamp = Date.now()
    // Made one by one, as the sink writes them down: a batch of documents that wait for each other costs the garbage collector more than making them.
    const at = (index: number): LogDocument => {
      const record = batch.record(index)
      const { headers } = record
      const log = normalizer.normalize(record.data, {
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
    const outcomes = await sink.bulk({ length: batch.length, at }, context.signal)
    return outcomes.map(toRecordOutcome)
  }
}

const settled: RecordOutcome = { outcome: 'settled' }

function toRecordOutcome(outcome: DocumentOutcome): RecordOutcome {
  switch (outcome.status) {
    case 'created':
    case 'exists':
      return settled
    case 'retry':
      return {
        outcome: 'retry',
        cause: outcome.cause,
        reason: outcome.reason,
        ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }),
      }
    case 'rejected':
      return { outcome: 'terminal', reason: outcome.reason }
  }
}
