import { encodeAppended, RecordBatch, type RecordSource, type StreamRecord } from '@millrace/stream'

export const source: RecordSource = {
  streamName: 'logs',
  incarnation: 'i',
  shard: { shardId: 'shardId-000000000003', index: 3, createdTimestamp: 1_700_000_000_000 },
}

/** Records of a shard with these texts. */
export function records(texts: readonly string[]): StreamRecord[] {
  const put = texts.map((text) => ({ data: Buffer.from(text), partitionKey: 'k' }))
  return new RecordBatch(source, encodeAppended(put, 100, 1_700_000_000_000)).records()
}
