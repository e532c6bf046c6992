import type { StreamRecord } from '@millrace/stream'
import { WireBlob, WireTimestamp } from '../wire/wire-values.ts'

/** Records as the API answers them. */
export function recordsOutput(records: readonly StreamRecord[]): object[] {
  return records.map((record) => ({
    SequenceNumber: record.sequenceNumber,
    ApproximateArrivalTimestamp: new WireTimestamp(record.approximateArrivalTimestamp),
    Data: new WireBlob(record.data),
    PartitionKey: record.partitionKey,
  }))
}
