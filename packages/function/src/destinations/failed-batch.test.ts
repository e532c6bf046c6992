import { formatSequenceNumber, type RecordSource, shardIdOf, type StreamRecord } from '@millrace/stream'
import { expect, it } from 'vitest'
import { type FailedBatch, failedBatch } from './failed-batch.ts'

const shard = { shardId: shardIdOf(1), index: 1, createdTimestamp: Date.parse('2026-11-01T00:00:00Z') }
const source: RecordSource = { streamName: 'orders', incarnation: 'i', shard }

function record(position: number, arrival: string): StreamRecord {
  const approximateArrivalTimestamp = Date.parse(arrival)
  return {
    partitionKey: `key-${position}`,
    data: Buffer.from(`{"n":${position}}`),
    position,
    sequenceNumber: formatSequenceNumber(shard, position, approximateArrivalTimestamp),
    approximateArrivalTimestamp,
    headers: {},
    producerSequence: undefined,
  }
}

const records = [record(7, '2026-11-14T00:38:04.835Z'), record(9, '2026-11-14T00:38:05.580Z')]
const failed: FailedBatch = {
  uuid: 'b1b1b1b1-0000-4000-8000-000000000001',
  functionName: 'normalize',
  source,
  records,
  condition: 'RetryAttemptsExhausted',
  requestId: 'c9b8fa9f-5a7f-4000-af9c-0c604cde93a5',
  invokeCount: 3,
  functionFailed: true,
  timestamp: Date.parse('2026-11-14T00:38:06.021Z'),
}

// https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html, the example of an invocation record.
it('has the form of Lambda for a batch that is given up', () => {
  const made = failedBatch(failed)
  expect([made.key, made.folder]).toEqual(['shardId-000000000001', `aws/lambda/${failed.uuid}/shardId-000000000001`])
  expect(JSON.parse(made.json())).toEqual({
    requestContext: {
      requestId: 'c9b8fa9f-5a7f-4000-af9c-0c604cde93a5',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:normalize',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-11-14T00:38:06.021Z',
    KinesisBatchInfo: {
      shardId: 'shardId-000000000001',
      startSequenceNumber: records[0]?.sequenceNumber,
      endSequenceNumber: records[1]?.sequenceNumber,
      approximateArrivalOfFirstRecord: '2026-11-14T00:38:04.835Z',
      approximateArrivalOfLastRecord: '2026-11-14T00:38:05.580Z',
      batchSize: 2,
      streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/orders',
    },
  })
})

it('has no response where the age of the records was the reason, and no error where the function answered what failed', () => {
  expect(JSON.parse(failedBatch({ ...failed, condition: 'RecordAgeExceeded' }).json())).not.toHaveProperty('responseContext')
  expect(JSON.parse(failedBatch({ ...failed, functionFailed: false }).json()).responseContext).toEqual({
    statusCode: 200,
    executedVersion: '$LATEST',
  })
})

it('has the event that the function got, for destinations that take all of it', () => {
  const { payload, ...rest } = JSON.parse(failedBatch(failed).jsonWithPayload())
  expect(rest).toEqual(JSON.parse(failedBatch(failed).json()))
  expect(payload.Records).toHaveLength(2)
  expect(payload.Records[1]).toEqual({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'key-9',
      sequenceNumber: records[1]?.sequenceNumber,
      data: Buffer.from('{"n":9}').toString('base64'),
      approximateArrivalTimestamp: 1_794_616_685.58,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000001:${records[1]?.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/millrace',
    awsRegion: 'us-east-1',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/orders',
  })
})
