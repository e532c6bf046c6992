import { describe, expect, it } from 'vitest'
import { decodePutRecords, encodeAppended, encodePutRecords, encodeRecords, InvalidBatchError, RecordBatch } from './record-batch.ts'
import { keyOfPosition, type PutRecord, type StreamRecord } from './record.ts'
import { parseSequenceNumber } from './sequence-number.ts'

const source = {
  streamName: 'logs',
  incarnation: 'abc',
  shard: { shardId: 'shardId-000000000003', index: 3, createdTimestamp: 1_700_000_000_000 },
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const plain = (record: StreamRecord): object => ({
  position: record.position,
  partitionKey: record.partitionKey,
  data: Buffer.from(record.data).toString(),
  arrival: record.approximateArrivalTimestamp,
  headers: record.headers,
  producerSequence: record.producerSequence,
})

const plainRecord = ({ position, data, approximateArrivalTimestamp, headers, producerSequence, sequenceNumber }: StreamRecord) => ({
  position,
  data,
  approximateArrivalTimestamp,
  headers,
  producerSequence,
  sequenceNumber,
})

describe('RecordBatch', () => {
  it('gives back what was appended, record by record', () => {
    const headers = { service: 'api', producerId: 'p' }
    const put: PutRecord[] = ['one', '', 'drei €'].map((text, index) => ({
      data: bytes(text),
      partitionKey: 'k',
      headers,
      producerSequence: 7 + index,
    }))
    const batch = new RecordBatch(source, encodeAppended(put, 100, 5_000))
    expect([...batch].map(plain)).toEqual([
      { position: 100, partitionKey: 'k', data: 'one', arrival: 5_000, headers, producerSequence: 7 },
      { position: 101, partitionKey: 'k', data: '', arrival: 5_000, headers, producerSequence: 8 },
      { position: 102, partitionKey: 'k', data: 'drei €', arrival: 5_000, headers, producerSequence: 9 },
    ])
    expect(parseSequenceNumber(batch.record(2).sequenceNumber)).toMatchObject({ position: 102, shardIndex: 3 })
  })

  it('keeps gaps, several keys, several headers and missing sequences', () => {
    const put: PutRecord[] = [
      { data: bytes('a'), partitionKey: 'x', headers: { path: '/1' } },
      { data: bytes('b'), partitionKey: 'y', headers: { path: '/2' }, producerSequence: 4 },
      { data: bytes('c'), partitionKey: 'x' },
    ]
    const whole = new RecordBatch(source, encodeAppended(put, 0, 1))
    const picked = [whole.record(0), whole.record(2), ...new RecordBatch(source, encodeAppended(put, 50, 9)).records()]
    const again = new RecordBatch(source, encodeRecords(picked))
    expect([...again].map(plain)).toEqual(picked.map(plain))
  })

  it('spells no keys for records that have none, and answers the same for them', () => {
    const copied = bytes('xa')
    const keyless = [4, 9].map((position): StreamRecord => {
      const record = new RecordBatch(source, encodeAppended([{ data: bytes('a'), partitionKey: 'k' }], position, 1)).record(0)
      const copyData = (target: Uint8Array, at: number): void => target.set(copied.subarray(1), at)
      return {
        ...plainRecord(record),
        partitionKey: keyOfPosition(3, position),
        isKeyless: true,
        dataBytes: 1,
        copyData,
      }
    })
    const encoded = encodeRecords(keyless)
    const batch = new RecordBatch(source, encoded)
    expect([...batch].map(plain)).toEqual(keyless.map(plain))
    expect(batch.record(1)).toMatchObject({ isKeyless: true, dataBytes: 1, partitionKey: '3-9' })
    expect(new RecordBatch(source, encodeRecords([...batch])).record(1).partitionKey).toBe('3-9')
    expect(() => decodePutRecords(encoded)).toThrow(InvalidBatchError)
    const mixed = [keyless[0] as StreamRecord, { ...(keyless[1] as StreamRecord), isKeyless: false, partitionKey: 'own' }]
    expect([...new RecordBatch(source, encodeRecords(mixed))].map(({ partitionKey }) => partitionKey)).toEqual(['3-4', 'own'])
  })

  it('carries put records, also at an odd offset of a larger buffer', () => {
    const put: PutRecord[] = [
      { data: bytes('a'), partitionKey: 'x', headers: { service: 's' }, producerSequence: 0 },
      { data: bytes('b'), partitionKey: 'y', headers: {} },
    ]
    const encoded = encodePutRecords(put)
    const shifted = new Uint8Array(encoded.byteLength + 3)
    shifted.set(encoded, 3)
    expect(decodePutRecords(shifted.subarray(3)).map((record) => ({ ...record, data: Buffer.from(record.data).toString() }))).toEqual([
      { ...put[0], data: 'a' },
      { ...put[1], data: 'b' },
    ])
  })

  it('holds no records', () => {
    expect([...new RecordBatch(source, encodeRecords([]))]).toEqual([])
  })

  it('refuses bytes that are cut short, changed or of a newer format', () => {
    const encoded = encodePutRecords([{ data: bytes('abc'), partitionKey: 'x' }])
    expect(() => decodePutRecords(encoded.subarray(0, encoded.length - 1))).toThrow(InvalidBatchError)
    expect(() => decodePutRecords(bytes('hello'))).toThrow(InvalidBatchError)
    const newer = encoded.slice()
    newer[3] = 9
    expect(() => decodePutRecords(newer)).toThrow('version 9')
    for (let at = 0; at < encoded.length; at++) {
      const damaged = encoded.slice()
      damaged[at] = (damaged[at] as number) ^ 0xff
      try {
        decodePutRecords(damaged)
      } catch (error) {
        expect((error as Error).name).toMatch(/InvalidBatchError|NewerVersionError/)
      }
    }
  })
})
