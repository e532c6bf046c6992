import { expect, it } from 'vitest'
import { decodeBatch } from './decode-batch.ts'
import { encodeBatch } from './encode-batch.ts'
import { releaseRecords } from './kafka-record.ts'
import { splitBatches, unpack } from './raw-batch.ts'

const source = { streamName: 'logs', incarnation: 'abc', shard: { shardId: 'shardId-000000000003', index: 3, createdTimestamp: 5_000 } }
const stamp = { producerId: 12, producerEpoch: 0, sequence: 0 }

async function decoded(count: number, compression: 'none' | 'zstd') {
  const records = Array.from({ length: count }, (_, index) => ({ data: Buffer.from(`line ${index} `.repeat(20)), partitionKey: 'k' }))
  const [raw] = splitBatches(await encodeBatch(records, stamp, compression, 1_700_000_000_000), []).batches
  if (raw === undefined) throw new Error('There is no batch.')
  const bytes = await unpack(raw)
  return { bytes, records: decodeBatch(source, raw, bytes, 0).records }
}

it('gives the memory of a batch back with the last of its records, in whichever arrays they were handed out', async () => {
  const one = await decoded(1_000, 'zstd')
  const other = await decoded(1_000, 'zstd')
  releaseRecords(one.records.slice(0, 600))
  expect(one.bytes.length).toBeGreaterThan(0)
  releaseRecords([...one.records.slice(600), ...other.records.slice(0, 10)])
  expect(one.bytes.length).toBe(0)
  expect(Buffer.from(other.records[10]?.data ?? []).toString()).toContain('line 10')
  expect(one.records[999]?.position).toBe(999)
})

it.each([
  ['what was not compressed, which stands among the records of other shards', 1_000, 'none'],
  ['what is small, which may stand in memory that others have parts of', 3, 'zstd'],
] as const)('leaves %s', async (_, count, compression) => {
  const { bytes, records } = await decoded(count, compression)
  releaseRecords(records)
  expect(bytes.length).toBeGreaterThan(0)
})
