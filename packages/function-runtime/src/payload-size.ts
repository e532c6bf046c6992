import { kafkaEventFrameBytes, kafkaRecordMeasure, type Payload, type TumblingWindow } from '@millrace/function'
import { awsRegion, type RecordSource, streamArn } from '@millrace/stream'

// `{"Records":[` and `]}`
const eventBytes = 14
const sequenceNumberChars = 56
const timestampChars = 14
const roleArnChars = 39

/** UTF-8 bytes of the JSON text that a payload is for a Lambda handler; for records by arithmetic, without writing it. */
export function payloadBytes(payload: Payload): number {
  if (payload.kind === 'json') {
    // A UTF-16 unit takes 1 to 3 bytes.
    return Buffer.byteLength(payload.json)
  }
  const { source, records, window } = payload
  if (source.kafka !== undefined) {
    const measure = kafkaRecordMeasure(source)
    return records.reduce((sum, record) => sum + measure(record), kafkaEventFrameBytes(source))
  }
  const fixed = recordBytes(source.streamName, source.shard.shardId)
  let bytes = eventBytes + Math.max(0, records.length - 1) + (window === undefined ? 0 : windowBytes(source, window))
  let lastKey: string | undefined
  let lastKeyBytes = 0
  for (const record of records) {
    if (record.partitionKey !== lastKey) {
      lastKey = record.partitionKey
      lastKeyBytes = Buffer.byteLength(JSON.stringify(lastKey))
    }
    bytes += fixed + lastKeyBytes + 4 * Math.ceil(record.data.byteLength / 3)
  }
  return bytes
}

/** What a tumbling window takes beside the records. */
function windowBytes(source: RecordSource, window: TumblingWindow): number {
  const skeleton =
    ',"window":{"start":"2000-01-01T00:00:00Z","end":"2000-01-01T00:00:00Z"},"state":,"shardId":"","eventSourceARN":"",' +
    `"isFinalInvokeForWindow":${window.isFinalInvokeForWindow},"isWindowTerminatedEarly":${window.isWindowTerminatedEarly}`
  return skeleton.length + Buffer.byteLength(window.state) + source.shard.shardId.length + streamArn(source.streamName).length
}

/** What every record of a shard takes beside its key and its data. The timestamp counts with its full three decimals. */
function recordBytes(streamName: string, shardId: string): number {
  const skeleton =
    '{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":,"sequenceNumber":"","data":"","approximateArrivalTimestamp":},' +
    '"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":":","eventName":"aws:kinesis:record","invokeIdentityArn":"",' +
    '"awsRegion":"","eventSourceARN":""}'
  return (
    skeleton.length +
    2 * sequenceNumberChars +
    timestampChars +
    shardId.length +
    roleArnChars +
    awsRegion.length +
    streamArn(streamName).length
  )
}
