import type { KinesisStreamEvent, KinesisStreamRecord, KinesisTimeWindowEvent, TumblingWindow } from '@millrace/function'
import { awsAccountId, awsRegion, RecordBatch, streamArn, type RecordSource, type StreamRecord } from '@millrace/stream'

/** The role that events name, since Lambda's do. Nothing is done under it. */
const invokeIdentityArn = `arn:aws:iam::${awsAccountId}:role/millrace`

/**
 * Lambda's event for the records of a batch. What costs something (the records themselves, base64, decimal sequence numbers) is made when it is first read;
 * the properties are the objects' own and enumerable, so that spread, `Object.keys` and `JSON.stringify` meet what they would meet in Lambda.
 */
export function kinesisEvent(source: RecordSource, bytes: Uint8Array, window?: TumblingWindow): KinesisStreamEvent {
  let records: readonly KinesisStreamRecord[] | undefined
  const event: KinesisStreamEvent = {
    get Records() {
      return (records ??= kinesisRecords(new RecordBatch(source, bytes)))
    },
    set Records(value) {
      records = value
    },
  }
  return window === undefined ? event : Object.assign(event, windowProperties(source, window))
}

/** What a tumbling window adds to an event. */
function windowProperties(source: RecordSource, window: TumblingWindow): Omit<KinesisTimeWindowEvent, 'Records'> {
  const { start, end, state, isFinalInvokeForWindow, isWindowTerminatedEarly } = window
  return {
    window: { start: wholeSeconds(start), end: wholeSeconds(end) },
    state: JSON.parse(state) as unknown,
    shardId: source.shard.shardId,
    eventSourceARN: streamArn(source.streamName),
    isFinalInvokeForWindow,
    isWindowTerminatedEarly,
  }
}

function wholeSeconds(timestamp: number): string {
  return new Date(timestamp).toISOString().replace('.000Z', 'Z')
}

function kinesisRecords(batch: RecordBatch): KinesisStreamRecord[] {
  const shardId = batch.source.shard.shardId
  const eventSourceARN = streamArn(batch.source.streamName)
  const records: KinesisStreamRecord[] = []
  for (let index = 0; index < batch.length; index++) records.push(kinesisRecord(batch.record(index), shardId, eventSourceARN))
  return records
}

function kinesisRecord(record: StreamRecord, shardId: string, eventSourceARN: string): KinesisStreamRecord {
  let data: string | undefined
  let sequenceNumber: string | undefined
  let eventID: string | undefined
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      get sequenceNumber() {
        return (sequenceNumber ??= record.sequenceNumber)
      },
      set sequenceNumber(value) {
        sequenceNumber = value
      },
      get data() {
        return (data ??= base64(record.data))
      },
      set data(value) {
        data = value
      },
      approximateArrivalTimestamp: record.approximateArrivalTimestamp / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    get eventID() {
      return (eventID ??= `${shardId}:${record.sequenceNumber}`)
    },
    set eventID(value) {
      eventID = value
    },
    eventName: 'aws:kinesis:record',
    invokeIdentityArn,
    awsRegion,
    eventSourceARN,
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
