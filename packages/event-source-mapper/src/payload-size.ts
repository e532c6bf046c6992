import { kafkaRecordMeasure, type KinesisStreamRecord } from '@millrace/function'
import type { RecordSource, StreamRecord } from '@millrace/stream'
import { awsRegion, dataBytesOf, streamArn } from '@millrace/stream'
import type { BatchLimits } from './batching-policy.ts'
import type { MappingParameters } from './mapping-parameters.ts'
import { windowStateBytesMax } from './window/open-window.ts'

/** What a record adds to the payload of an invocation, in bytes. */
export type MeasureRecord = (record: StreamRecord) => number

/** Lambda's limit of a synchronous invocation's payload: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const lambdaPayloadBytesMax = 6 * 1024 * 1024
/** What a Kafka event has beside its records: topic (249), partition, and at most 10 servers of 300 characters. */
const kafkaFrameBytes = 4096
/** Role ARNs end up in each record, and are the runtime's to choose: IAM allows role names of 64 characters. */
const roleArnChars = 31 + 64
/** What a window adds to an event beside its state. */
const windowFrameBytes = 1024
/** Every number of Millrace's layout has as many. */
const sequenceNumberDigits = 56
/** Seconds and three decimals. */
const timestampChars = 14

/** Bounds of one batch for the kind of function. */
export function batchLimits(
  parameters: Pick<MappingParameters, 'BatchSize' | 'payload' | 'batchBytesMax' | 'TumblingWindowInSeconds'>,
  isKafka = false,
): BatchLimits {
  const frame =
    (isKafka ? kafkaFrameBytes : '{"Records":[]}'.length) +
    (parameters.TumblingWindowInSeconds > 0 ? windowFrameBytes + windowStateBytesMax : 0)
  return {
    recordsMax: parameters.BatchSize,
    bytesMax: parameters.payload === 'lambda' ? lambdaPayloadBytesMax - frame : parameters.batchBytesMax,
  }
}

/** How the records of a shard are measured: their data, or the JSON that Lambda would make of them, base64 counted. */
export function measureRecords(payload: MappingParameters['payload'], source: RecordSource): MeasureRecord {
  if (payload === 'batch') return dataBytesOf
  if (source.kafka !== undefined) return kafkaRecordMeasure(source)
  const frame = lambdaRecordFrameBytes(source)
  let lastKey = ''
  let lastKeyBytes = 0
  return (record) => {
    const key = record.partitionKey
    if (key !== lastKey) {
      lastKey = key
      // Without the quotes, which the frame has.
      lastKeyBytes = Buffer.byteLength(JSON.stringify(key)) - 2
    }
    return frame + lastKeyBytes + Math.ceil(dataBytesOf(record) / 3) * 4
  }
}

function lambdaRecordFrameBytes(source: RecordSource): number {
  const record: KinesisStreamRecord = {
    kinesis: { kinesisSchemaVersion: '1.0', partitionKey: '', sequenceNumber: '', data: '', approximateArrivalTimestamp: 0 },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${source.shard.shardId}:`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: '',
    awsRegion,
    eventSourceARN: streamArn(source.streamName),
  }
  const comma = 1
  const zero = 1
  return JSON.stringify(record).length + comma + roleArnChars + 2 * sequenceNumberDigits + timestampChars - zero
}
