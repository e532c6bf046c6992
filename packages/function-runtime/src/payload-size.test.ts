import { encodeRecords, RecordBatch, encodeAppended } from '@millrace/stream'
import { expect, it } from 'vitest'
import { payloadBytes } from './payload-size.ts'
import { kinesisEvent } from './worker/kinesis-event.ts'

const source = {
  streamName: 'logs',
  incarnation: 'i',
  shard: { shardId: 'shardId-000000000003', index: 3, createdTimestamp: 1_700_000_000_000 },
}

it.each([
  ['nothing', []],
  ['one record', ['a']],
  ['several keys, some of them not ASCII', ['', 'ab', 'abc', 'x'.repeat(1_000), 'ü']],
])('is what the event measures as JSON: %s', (_, texts) => {
  const put = texts.map((text, index) => ({ data: Buffer.from(text), partitionKey: `key "${index % 2}" ü€\n` }))
  // Three decimals: the longest form of a timestamp, which the arithmetic takes for all.
  const records = new RecordBatch(source, encodeAppended(put, 7, 1_700_000_000_123)).records()
  const json = JSON.stringify(kinesisEvent(source, encodeRecords(records)))
  expect(payloadBytes({ kind: 'records', source, records })).toBe(Buffer.byteLength(json))
})

it('counts a tumbling window', () => {
  const start = 1_607_497_440_000
  const window = { start, end: start + 120_000, state: '{"ü":282}', isFinalInvokeForWindow: true, isWindowTerminatedEarly: false }
  const json = JSON.stringify(kinesisEvent(source, encodeRecords([]), window))
  expect(payloadBytes({ kind: 'records', source, records: [], window })).toBe(Buffer.byteLength(json))
})

it('measures JSON in bytes', () => {
  expect(payloadBytes({ kind: 'json', json: '"€"' })).toBe(5)
})
