import { encodeAppended, parseSequenceNumber } from '@millrace/stream'
import type { KinesisStreamEvent as LambdaEvent } from 'aws-lambda'
import { expect, it } from 'vitest'
import { kinesisEvent } from './kinesis-event.ts'

const source = {
  streamName: 'logs',
  incarnation: 'i',
  shard: { shardId: 'shardId-000000000003', index: 3, createdTimestamp: 1_700_000_000_000 },
}
const event = (): LambdaEvent =>
  kinesisEvent(source, encodeAppended([{ data: Buffer.from('hello'), partitionKey: 'k' }], 7, 1_700_000_000_500)) as unknown as LambdaEvent

it("is Lambda's event, to JSON, to spread and to Object.keys", () => {
  const { Records } = JSON.parse(JSON.stringify(event())) as LambdaEvent
  const sequenceNumber = Records[0]?.kinesis.sequenceNumber as string
  expect(parseSequenceNumber(sequenceNumber)).toMatchObject({ position: 7, shardIndex: 3 })
  const expected = {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'k',
      sequenceNumber,
      data: 'aGVsbG8=',
      approximateArrivalTimestamp: 1_700_000_000.5,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000003:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/millrace',
    awsRegion: 'us-east-1',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/logs',
  }
  expect(Records).toEqual([expected])
  const [record] = event().Records
  expect({ ...record, kinesis: { ...record?.kinesis } }).toEqual(expected)
  expect(Object.keys(record?.kinesis ?? {})).toEqual(Object.keys(expected.kinesis))
  expect(structuredClone(record)).toEqual(expected)
})

it('has the properties of a tumbling window beside its records', () => {
  const start = Date.UTC(2020, 11, 9, 7, 4)
  const window = { start, end: start + 120_000, state: '{"1":282}', isFinalInvokeForWindow: true, isWindowTerminatedEarly: false }
  expect(JSON.parse(JSON.stringify(kinesisEvent(source, encodeAppended([], 0, 0), window)))).toEqual({
    Records: [],
    window: { start: '2020-12-09T07:04:00Z', end: '2020-12-09T07:06:00Z' },
    state: { '1': 282 },
    shardId: 'shardId-000000000003',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/logs',
    isFinalInvokeForWindow: true,
    isWindowTerminatedEarly: false,
  })
})

it('may be written to, as a plain object may', () => {
  const mine = event()
  const [record] = mine.Records
  if (record === undefined) throw new Error('There is one record.')
  record.kinesis.data = 'mine'
  expect(mine.Records[0]?.kinesis.data).toBe('mine')
  mine.Records = []
  expect(JSON.stringify(mine)).toBe('{"Records":[]}')
})
