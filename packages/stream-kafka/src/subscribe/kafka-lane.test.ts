import { InvalidPositionError, ShardRevokedError } from '@millrace/stream'
import { expect, it } from 'vitest'
import { encodeBatch, type WireRecord } from '../records/encode-batch.ts'
import { type RawBatch, splitBatches } from '../records/raw-batch.ts'
import { KafkaLane } from './kafka-lane.ts'

const shard = { shardId: 'shardId-000000000000', index: 0, partition: 0, startingHashKey: 0n, endingHashKey: 1n, createdTimestamp: 0 }
const source = { streamName: 'logs', incarnation: 'abc', shard }

function lane({ holds = true } = {}): KafkaLane {
  const made: KafkaLane = new KafkaLane({
    shard,
    source,
    limit: { recordsMax: 10, bytesMax: 1e6 },
    commit: async () => {
      const due = made.uncommitted
      if (holds && due !== undefined) made.committed(due)
    },
    judge: () => 'pass',
    onFinished: () => {},
    onRoom: () => {},
  })
  return made
}

it('commits what is settled, once, and never a lower position', async () => {
  const own = lane()
  own.begin({ position: 5, lostRecords: 2 }, 100, false)
  expect(own.uncommitted).toBeUndefined()
  const settled = own.checkpoint(20)
  expect(own.uncommitted).toBeUndefined()
  await settled
  await own.checkpoint(10)
  expect(own.uncommitted).toBeUndefined()
})

it('keeps the place of a consumer that is new, before it has settled anything', () => {
  const own = lane()
  own.begin({ position: 7, lostRecords: 0 }, 100, true)
  expect(own.uncommitted).toEqual({ position: 7, lostRecords: 0 })
})

it('counts records that were gone as lost when the checkpoint passes them, and not before', async () => {
  const own = lane({ holds: false })
  own.begin({ position: 5, lostRecords: 1 }, 100, false)
  own.skipTo(20)
  own.receive([], 40, 100)
  own.skipTo(50)
  expect(own.uncommitted).toBeUndefined()
  own.checkpoint(30).catch(() => {})
  expect(own.uncommitted).toEqual({ position: 30, lostRecords: 16 })
  // Everything up to the second gap is settled: the gap is part of it.
  own.checkpoint(40).catch(() => {})
  expect(own.uncommitted).toEqual({ position: 50, lostRecords: 26 })
})

it('refuses checkpoints once it is revoked, past the end of the shard, and where the commit did not hold', async () => {
  const own = lane()
  own.begin({ position: 0, lostRecords: 0 }, 10, false)
  for (const position of [11, -1, 0.5, Number.NaN]) await expect(own.checkpoint(position)).rejects.toThrow(InvalidPositionError)
  const fenced = lane({ holds: false })
  fenced.begin({ position: 0, lostRecords: 0 }, 10, false)
  await expect(fenced.checkpoint(5)).rejects.toThrow(ShardRevokedError)
  own.revoke()
  await expect(own.checkpoint(5)).rejects.toThrow(ShardRevokedError)
  expect(own.uncommitted).toBeUndefined()
})

it('tells whoever iterates what it cannot be read for', async () => {
  const own = lane()
  own.begin({ position: 0, lostRecords: 0 }, 10, false)
  const next = own.batches().next()
  own.fail(new Error('no more'))
  await expect(next).rejects.toThrow('no more')
})

it('does not keep a checkpoint waiting for its commit when the shard is revoked', async () => {
  const own = new KafkaLane({
    shard,
    source,
    limit: { recordsMax: 1, bytesMax: 1 },
    commit: () => new Promise(() => {}),
    judge: () => 'pass',
    onFinished: () => {},
    onRoom: () => {},
  })
  own.begin({ position: 0, lostRecords: 0 }, 10, false)
  const waiting = own.checkpoint(5)
  own.revoke()
  await expect(waiting).rejects.toThrow(ShardRevokedError)
})

async function batchAt(position: number, record: WireRecord): Promise<RawBatch> {
  const bytes = await encodeBatch([record], { producerId: 1, producerEpoch: 0, sequence: 0 }, 'none', 0)
  bytes.writeBigInt64BE(BigInt(position), 0)
  return splitBatches(bytes, []).batches[0] as RawBatch
}

const record = (text: string): WireRecord => ({ data: Buffer.from(text), partitionKey: 'k' })
const marker = (epoch: number): WireRecord => ({ data: null, partitionKey: '', markerEpoch: epoch })

it('stops at a marker until the shard map says whether it is the end, passes others, and hands out nothing behind the end', async () => {
  const log = [record('a'), marker(1), record('b'), marker(2), record('late')]
  const batches = await Promise.all(log.map((each, at) => batchAt(at, each)))
  let finished = 0
  const own: KafkaLane = new KafkaLane({
    shard,
    source,
    limit: { recordsMax: 10, bytesMax: 1e6 },
    commit: async () => own.committed(own.uncommitted ?? { position: 0, lostRecords: 0 }),
    judge: ({ epoch }) => (epoch === 1 ? 'pass' : 'hold'),
    onFinished: () => void finished++,
    onRoom: () => {},
  })
  own.begin({ position: 0, lostRecords: 0 }, 5, false)
  own.receive(batches, 5, 5)
  const iterator = own.batches()
  const first = (await iterator.next()).value ?? []
  expect(first.map(({ data }) => Buffer.from(data).toString())).toEqual(['a', 'b'])
  const waiting = iterator.next()
  await own.checkpoint(3)
  expect([own.finished, finished]).toEqual([false, 0])
  own.reshaped({ ...shard, endingPosition: 3 })
  expect((await waiting).done).toBe(true)
  expect([own.finished, finished]).toEqual([true, 1])
})
