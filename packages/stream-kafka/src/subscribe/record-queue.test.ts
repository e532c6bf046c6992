import { expect, it } from 'vitest'
import { encodeBatch } from '../records/encode-batch.ts'
import { splitBatches } from '../records/raw-batch.ts'
import type { Compression } from '../wire/compression.ts'
import { RecordQueue } from './record-queue.ts'

const source = { streamName: 'logs', incarnation: 'abc', shard: { shardId: 'shardId-000000000000', index: 0, createdTimestamp: 0 } }
const stamp = { producerId: 1, producerEpoch: 0, sequence: 0 }
const wide = { recordsMax: 1_000, bytesMax: 1e9 }

/** Pushes batches of records of these sizes, one after the other. */
async function push(
  queue: RecordQueue,
  batches: readonly (readonly number[])[],
  compression: Compression = 'none',
  from = 0,
): Promise<void> {
  let at = 0
  for (const sizes of batches) {
    const records = sizes.map((size) => ({ data: new Uint8Array(size), partitionKey: 'k' }))
    const bytes = await encodeBatch(records, stamp, compression, 0)
    bytes.writeBigInt64BE(BigInt(at), 0)
    for (const raw of splitBatches(bytes, []).batches) queue.push(raw, from)
    at += sizes.length
  }
}

async function takeAll(queue: RecordQueue): Promise<number[][]> {
  const arrays: number[][] = []
  for (;;) {
    const records = await queue.take()
    if (records.length === 0) return arrays
    arrays.push(records.map((record) => record.dataBytes))
  }
}

it('hands small batches out together, without waiting for more', async () => {
  const queue = new RecordQueue(source, wide)
  await push(queue, [[1], [2, 3], [4]])
  expect(queue.bytes).toBeGreaterThan(0)
  expect(await takeAll(queue)).toEqual([[1, 2, 3, 4]])
  expect(queue.bytes).toBe(0)
})

it('keeps to both limits, and hands a larger record out alone', async () => {
  const few = new RecordQueue(source, { recordsMax: 3, bytesMax: 1e9 })
  await push(few, [[1, 2], [3, 4, 5, 6, 7], [8]])
  expect(await takeAll(few)).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8],
  ])
  const small = new RecordQueue(source, { recordsMax: 100, bytesMax: 100 })
  await push(small, [[60, 60], [500], [40, 40, 40], [100]])
  expect(await takeAll(small)).toEqual([[60], [60], [500], [40, 40], [40], [100]])
})

it('begins behind what was handed out before', async () => {
  const queue = new RecordQueue(source, wide)
  await push(
    queue,
    [
      [1, 2],
      [3, 4],
    ],
    'none',
    3,
  )
  expect(await takeAll(queue)).toEqual([[4]])
})

it('is empty after it was cleared, also while a batch is being decompressed', async () => {
  const queue = new RecordQueue(source, wide)
  const sizes = Array.from<number>({ length: 900 }).fill(1_000)
  const records = sizes.map((_, at) => ({ data: Buffer.from(`${at}`.padEnd(1_000, `${at * 7919}`)), partitionKey: 'k' }))
  for (const raw of splitBatches(await encodeBatch(records, stamp, 'zstd', 0), []).batches) queue.push(raw, 0)
  const taking = queue.take()
  queue.clear()
  expect(await taking).toEqual([])
  expect(queue.bytes).toBe(0)
})
