import { awsAccountId, awsRegion, type KafkaSource, type RecordSource, type StreamRecord, streamArn } from '@millrace/stream'
import { topicPartition, type SelfManagedKafkaEvent } from '../kafka-event.ts'
import { kafkaEvent, kafkaEventFrameBytes, kafkaRecordMeasure } from '../kafka-record.ts'
import type { KinesisStreamEvent } from '../kinesis-event.ts'
import { functionArn } from '../lambda-api/account-arns.ts'
import type { DestinationRecord } from './destination-record.ts'

export interface FailedBatch {
  /** The mapping's. */
  readonly uuid: string
  readonly functionName: string
  readonly source: RecordSource
  /** In the order of the shard; at least one. */
  readonly records: readonly StreamRecord[]
  /** `RecordAgeExceeded`: the records were not tried again, or never. */
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded'
  /** Of the last invocation; a new one where there was none. */
  readonly requestId: string
  /** Invocations that the records were part of. */
  readonly invokeCount: number
  /** The function threw or timed out; false where it answered which records failed. */
  readonly functionFailed: boolean
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
export interface FailedBatchRecord {
  readonly requestContext: {
    readonly requestId: string
    readonly functionArn: string
    readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded'
    readonly approximateInvokeCount: number
  }
  /** Missing where the records' age was the reason. */
  readonly responseContext?: ResponseContext
  readonly version: '1.0'
  /** ISO 8601, as all times here. */
  readonly timestamp: string
  /** Of a stream. */
  readonly KinesisBatchInfo?: KinesisBatchInfo
  /** Of a Kafka topic: https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html */
  readonly KafkaBatchInfo?: KafkaBatchInfo
  /** The event, where the destination takes all of it. */
  readonly payload?: KinesisStreamEvent | SelfManagedKafkaEvent
}

export interface KinesisBatchInfo {
  readonly shardId: string
  readonly startSequenceNumber: string
  readonly endSequenceNumber: string
  readonly approximateArrivalOfFirstRecord: string
  readonly approximateArrivalOfLastRecord: string
  readonly batchSize: number
  readonly streamArn: string
}

export interface KafkaBatchInfo {
  readonly batchSize: number
  readonly bootstrapServers: string
  /** Of the event, in bytes. */
  readonly payloadSize: number
  /** By topic and partition, `orders-0`. Offsets are decimal text. */
  readonly recordsInfo: Readonly<
    Record<
      string,
      {
        readonly firstRecordOffset: string
        readonly lastRecordOffset: string
        readonly firstRecordTimestamp: string
        readonly lastRecordTimestamp: string
      }
    >
  >
}

export interface ResponseContext {
  readonly statusCode: number
  readonly executedVersion: '$LATEST'
  readonly functionError?: 'Unhandled' | undefined
}

/** The record of a batch that a mapping gives up. */
export function failedBatch(batch: FailedBatch): DestinationRecord {
  const { uuid, source, timestamp } = batch
  const record = failedBatchRecord(batch)
  return {
    key: source.shard.shardId,
    folder: `aws/lambda/${uuid}/${source.shard.shardId}`,
    timestamp,
    json: () => JSON.stringify(record),
    jsonWithPayload: () => JSON.stringify({ ...record, payload: eventOf(source, batch.records) } satisfies FailedBatchRecord),
  }
}

function failedBatchRecord({
  functionName,
  source,
  records,
  condition,
  requestId,
  invokeCount,
  functionFailed,
  timestamp,
}: FailedBatch): FailedBatchRecord {
  const first = records[0]
  const last = records.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('A failed batch has at least one record.')
  const functionError = functionFailed ? { functionError: 'Unhandled' as const } : {}
  const responseContext = { statusCode: 200, executedVersion: '$LATEST' as const, ...functionError }
  return {
    requestContext: { requestId, functionArn: functionArn(functionName), condition, approximateInvokeCount: invokeCount },
    ...(condition === 'RecordAgeExceeded' ? {} : { responseContext }),
    version: '1.0',
    timestamp: new Date(timestamp).toISOString(),
    ...(source.kafka === undefined
      ? { KinesisBatchInfo: kinesisBatchInfo(source, records, first, last) }
      : { KafkaBatchInfo: kafkaBatchInfo(source, source.kafka, records, first, last) }),
  }
}

function kinesisBatchInfo(
  source: RecordSource,
  records: readonly StreamRecord[],
  first: StreamRecord,
  last: StreamRecord,
): KinesisBatchInfo {
  return {
    shardId: source.shard.shardId,
    startSequenceNumber: first.sequenceNumber,
    endSequenceNumber: last.sequenceNumber,
    approximateArrivalOfFirstRecord: timeOf(first),
    approximateArrivalOfLastRecord: timeOf(last),
    batchSize: records.length,
    streamArn: streamArn(source.streamName),
  }
}

function kafkaBatchInfo(
  source: RecordSource,
  { topic, bootstrapServers }: KafkaSource,
  records: readonly StreamRecord[],
  first: StreamRecord,
  last: StreamRecord,
): KafkaBatchInfo {
  const measure = kafkaRecordMeasure(source)
  return {
    batchSize: records.length,
    bootstrapServers,
    payloadSize: records.reduce((sum, record) => sum + measure(record), kafkaEventFrameBytes(source)),
    recordsInfo: {
      [topicPartition(topic, source.shard.index)]: {
        firstRecordOffset: `${first.position}`,
        lastRecordOffset: `${last.position}`,
        firstRecordTimestamp: timeOf(first),
        lastRecordTimestamp: timeOf(last),
      },
    },
  }
}

function timeOf({ approximateArrivalTimestamp }: StreamRecord): string {
  return new Date(approximateArrivalTimestamp).toISOString()
}

function eventOf(source: RecordSource, records: readonly StreamRecord[]): KinesisStreamEvent | SelfManagedKafkaEvent {
  return source.kafka === undefined ? kinesisEvent(source, records) : kafkaEvent(source, records)
}

function kinesisEvent(source: RecordSource, records: readonly StreamRecord[]): KinesisStreamEvent {
  return {
    Records: records.map(({ partitionKey, sequenceNumber, data, approximateArrivalTimestamp }) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber,
        data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
        approximateArrivalTimestamp: approximateArrivalTimestamp / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${source.shard.shardId}:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: `arn:aws:iam::${awsAccountId}:role/millrace`,
      awsRegion,
      eventSourceARN: streamArn(source.streamName),
    })),
  }
}
