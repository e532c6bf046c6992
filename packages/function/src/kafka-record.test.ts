import { type KafkaRecordHeaders, type RecordSource, shardIdOf, type StreamRecord } from '@millrace/stream'
import { expect, it } from 'vitest'
import { kafkaEvent, kafkaEventFrameBytes, kafkaRecordMeasure } from './kafka-record.ts'

const source: RecordSource = {
  streamName: 'kafka://orders',
  incarnation: 'i',
  shard: { shardId: shardIdOf(3), index: 3, createdTimestamp: 0 },
  kafka: { topic: 'orders', bootstrapServers: 'a:9092,b:9092' },
}

function record(position: number, data: string, kafka: Omit<KafkaRecordHeaders, 'timestampType'> = {}): StreamRecord {
  return {
    partitionKey: 'key',
    data: Buffer.from(data),
    position,
    sequenceNumber: '',
    approximateArrivalTimestamp: 1_545_084_650_987,
    headers: { kafka: { timestampType: 'CREATE_TIME', ...kafka } },
    producerSequence: undefined,
  }
}

const records = [
  record(15, 'Hello, this is a test.'),
  record(16, '', { key: null, nullValue: true }),
  record(17, '', {
    key: '/wA=',
    headers: [
      ['a', 'w6s='],
      ['a', null],
    ],
  }),
]

// https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html, the example of an event.
it('has the form of Lambda, also for records without a key or a value', () => {
  const event = kafkaEvent(source, records)
  const common = { topic: 'orders', partition: 3, timestamp: 1_545_084_650_987, timestampType: 'CREATE_TIME' }
  expect(JSON.parse(JSON.stringify(event))).toEqual({
    eventSource: 'SelfManagedKafka',
    bootstrapServers: 'a:9092,b:9092',
    records: {
      'orders-3': [
        { ...common, offset: 15, key: 'a2V5', value: 'SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==', headers: [] },
        { ...common, offset: 16, headers: [] },
        { ...common, offset: 17, key: '/wA=', value: '', headers: [{ a: [-61, -85] }, { a: null }] },
      ],
    },
  })
  expect(event.records).toBe(event.records)
})

it('is never larger than it is measured', () => {
  const measure = kafkaRecordMeasure(source)
  const bytes = Buffer.byteLength(JSON.stringify(kafkaEvent(source, records)))
  const measured = records.reduce((sum, each) => sum + measure(each), kafkaEventFrameBytes(source))
  expect(measured).toBeGreaterThanOrEqual(bytes)
  expect(measured - bytes).toBeLessThan(200)
})
