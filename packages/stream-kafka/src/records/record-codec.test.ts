import { NewerVersionError, parseSequenceNumber, type RecordHeaders } from '@millrace/stream'
import { seededRandom } from '@millrace/testing'
import { expect, it } from 'vitest'
import { RecordFormatError } from '../wire/codec-error.ts'
import { decodeBatch } from './decode-batch.ts'
import { encodeBatch, type WireRecord } from './encode-batch.ts'
import type { KafkaRecord } from './kafka-record.ts'
import { type AbortedTransaction, splitBatches, unpack } from './raw-batch.ts'

const source = { streamName: 'logs', incarnation: 'abc', shard: { shardId: 'shardId-000000000003', index: 3, createdTimestamp: 5_000 } }
const stamp = { producerId: 12, producerEpoch: 0, sequence: 0 }

/** A batch as it stands in the log of a topic that keeps the broker's time. */
async function batch(records: readonly WireRecord[], { at = 0, producerId = 12, attributes = 8 } = {}): Promise<Buffer> {
  const bytes = await encodeBatch(records, { ...stamp, producerId }, 'none', 1_700_000_000_000)
  bytes.writeBigInt64BE(BigInt(at), 0)
  bytes.writeInt16BE(attributes, 21)
  const { crc32c } = await import('../wire/crc32c.ts')
  bytes.writeUInt32BE(crc32c(bytes, 21), 17)
  return bytes
}

async function decode(bytes: Buffer, aborted: readonly AbortedTransaction[] = [], from = 0): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = []
  for (const raw of splitBatches(bytes, aborted).batches) records.push(...decodeBatch(source, raw, await unpack(raw), from).records)
  return records
}

const line = (text: string): WireRecord => ({ data: Buffer.from(text), partitionKey: 'k' })
const texts = (records: readonly KafkaRecord[]): string[] => records.map((record) => Buffer.from(record.data).toString())

it('gives back keys, data, headers and sequences', async () => {
  const random = seededRandom(7)
  const shared: RecordHeaders = { service: 'api', host: 'h', path: '/ä', producerId: 'p', readTimestamp: 12, foreign: { a: 'b' } }
  const records = Array.from({ length: 300 }, (_, index): WireRecord => {
    const base = {
      data: Buffer.alloc(random() * 20_000, 'x'),
      partitionKey: `key ${Math.floor(index / 50)} 😀`.repeat(1 + (index % 3) * 9),
    }
    if (index % 5 === 0) return base
    if (index % 5 === 1) return { ...base, headers: shared }
    if (index % 5 === 2) return { ...base, headers: { recordId: `id ${index}` } }
    return { ...base, headers: shared, producerSequence: Math.floor(2 ** (random() * 52)) }
  })
  const found = await decode(await encodeBatch(records, stamp, 'zstd', 1_700_000_000_000))
  expect(found).toHaveLength(300)
  for (const [index, record] of found.entries()) {
    const original = records[index] as WireRecord
    expect(record.data.length).toBe(original.data?.length)
    expect(record.partitionKey).toBe(original.partitionKey)
    expect(record.headers).toEqual(original.headers ?? {})
    expect(record.producerSequence).toBe(original.producerSequence)
    expect(record.approximateArrivalTimestamp).toBe(1_700_000_000_000)
    expect(parseSequenceNumber(record.sequenceNumber)).toMatchObject({ position: index, shardIndex: 3 })
  }
})

it('parses the headers that records share once', async () => {
  const headers = { service: 'api' }
  const found = await decode(await batch(Array.from({ length: 5 }, (_, index) => ({ ...line('x'), headers, producerSequence: index }))))
  expect(new Set(found.map((record) => record.headers)).size).toBe(1)
})

it('begins at the position that was asked for', async () => {
  const bytes = Buffer.concat([await batch([line('a'), line('b')], { at: 10 }), await batch([line('c')], { at: 12 })])
  expect(texts(await decode(bytes, [], 11))).toEqual(['b', 'c'])
})

it('gives a record without a key one that is its own, the same whenever it is read', async () => {
  const bytes = await batch([line('a'), line('b')], { at: 70 })
  // The key of each record is "k", of which the length goes to -1 and the byte away.
  const keyless = Buffer.from(bytes)
  const body = keyless.subarray(61)
  const without = Buffer.concat([body.subarray(0, 4), Buffer.from([1]), body.subarray(6)])
  without[0] = (without[0] as number) - 2
  keyless.writeInt32BE(1, 57)
  const raw = { ...splitBatches(bytes, []).batches[0], count: 1 } as Parameters<typeof decodeBatch>[1]
  const [record] = decodeBatch(source, raw, without, 0).records
  expect(Buffer.from(record?.data ?? []).toString()).toBe('a')
  expect(record?.partitionKey).toBe(`3-${(70).toString(36)}`)
})

it("leaves the records of aborted transactions out, and the marks of all transactions, but no one else's", async () => {
  const [open, control] = [8 | 16, 8 | 16 | 32]
  const log = Buffer.concat([
    await batch([line('aborted 1')], { at: 0, producerId: 1, attributes: open }),
    await batch([line('plain')], { at: 1 }),
    await batch([line('committed')], { at: 2, producerId: 2, attributes: open }),
    await batch([line('aborted 2')], { at: 3, producerId: 1, attributes: open }),
    await batch([line('mark')], { at: 4, producerId: 1, attributes: control }),
    await batch([line('mark')], { at: 5, producerId: 2, attributes: control }),
    await batch([line('next transaction')], { at: 6, producerId: 1, attributes: open }),
    await batch([line('mark')], { at: 7, producerId: 1, attributes: control }),
  ])
  expect(texts(await decode(log, [{ producerId: 1, firstPosition: 0 }]))).toEqual(['plain', 'committed', 'next transaction'])
  expect(splitBatches(log, []).endPosition).toBe(8)
})

it('leaves a batch that is cut off for the next read, and refuses one that is damaged', async () => {
  const [first, second] = [await batch([line('a')]), await batch([line('b')], { at: 1 })]
  const cut = Buffer.concat([first, second.subarray(0, second.length - 1)])
  expect(texts(await decode(cut))).toEqual(['a'])
  expect(splitBatches(cut, []).endPosition).toBe(1)
  const damaged = Buffer.from(first)
  damaged[damaged.length - 2] = 99
  expect(() => splitBatches(damaged, [])).toThrow(RecordFormatError)
  const old = Buffer.from(first)
  old[16] = 1
  expect(() => splitBatches(old, [])).toThrow(/format 1/)
})

it('refuses records of a newer Millrace in a clear sentence', async () => {
  const bytes = await batch([{ ...line('a'), producerSequence: 1 }])
  // The version leads the value of the header "mr".
  bytes[bytes.indexOf('mr') + 3] = 9
  const { crc32c } = await import('../wire/crc32c.ts')
  bytes.writeUInt32BE(crc32c(bytes, 21), 17)
  await expect(decode(bytes)).rejects.toThrow(NewerVersionError)
})
