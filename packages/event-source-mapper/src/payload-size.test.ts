import type { RecordSource, StreamRecord } from '@millrace/stream'
import { awsRegion, formatSequenceNumber, shardIdOf, streamArn } from '@millrace/stream'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { measureRecords } from './payload-size.ts'

const source: RecordSource = {
  streamName: 'logs',
  incarnation: 'i',
  shard: { shardId: shardIdOf(3), index: 3, createdTimestamp: 1_600_000_000_000 },
}
const roleName = 'r'.repeat(64)

/** The record as Lambda sends it. */
function eventRecord(record: StreamRecord): unknown {
  const { partitionKey, sequenceNumber } = record
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
      data: Buffer.from(record.data).toString('base64'),
      approximateArrivalTimestamp: record.approximateArrivalTimestamp / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${source.shard.shardId}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: `arn:aws:iam::000000000000:role/${roleName}`,
    awsRegion,
    eventSourceARN: streamArn('logs'),
  }
}

it('measures at least what the JSON of Lambda does, and hardly more', () => {
  const measure = measureRecords('lambda', source)
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.uint8Array(),
      fc.nat(),
      fc.nat(1e12),
      (partitionKey, data, position, age) => {
        const approximateArrivalTimestamp = 1_700_000_000_000 + age
        const sequenceNumber = formatSequenceNumber(source.shard, position, approximateArrivalTimestamp)
        const record: StreamRecord = {
          partitionKey,
          data,
          position,
          sequenceNumber,
          approximateArrivalTimestamp,
          headers: {},
          producerSequence: undefined,
        }
        const exact = Buffer.byteLength(`${JSON.stringify(eventRecord(record))},`)
        expect(measure(record)).toBeGreaterThanOrEqual(exact)
        expect(measure(record)).toBeLessThanOrEqual(exact + 5)
      },
    ),
    { numRuns: 50 },
  )
})
