import { ManualClock } from '@millrace/testing'
import { expect, it } from 'vitest'
import { fromTip, Puller, puts, readStream, Subscriber } from '../conformance/helpers.ts'
import { createMemoryStreams } from '../memory/memory-streams.ts'
import type { AssignedShard } from '../stream.ts'
import type { RecordsLost } from './retention.ts'

const hourMs = 3_600_000

it('comes by itself, and tells once of what a consumer lost', async () => {
  const clock = new ManualClock()
  const lost: RecordsLost[] = []
  const registry = createMemoryStreams({ clock, onRecordsLost: (event) => lost.push(event) })
  const stream = await registry.create('logs', { shardCount: 1, retentionHours: 1 })
  await using stuck = new Subscriber(stream, 'stuck', fromTip)
  const [shard] = await stuck.holds(1)
  await stream.put(puts(3))
  await clock.advance(hourMs / 2)
  await stream.put(puts(2))
  await clock.advance(hourMs / 2 + 120_000)
  expect(await readStream(stream)).toHaveLength(2)
  expect(lost).toEqual([{ stream: 'logs', shardId: 'shardId-000000000000', consumer: 'stuck', records: 3 }])
  // It goes on behind the gap, and is told no second time.
  const puller = new Puller(shard as AssignedShard)
  const records = await puller.take(2)
  await puller.settle(records)
  await clock.advance(2 * hourMs)
  expect(lost).toHaveLength(1)
  expect((await stream.lag('stuck'))[0]).toMatchObject({ lostRecords: 3, records: 0 })
  await registry.close()
  expect(clock.pending).toBe(0)
})

it('does not count as lost what a consumer has in hand, if it settles it', async () => {
  const clock = new ManualClock()
  const registry = createMemoryStreams({ clock })
  const stream = await registry.create('logs', { shardCount: 1, retentionHours: 1 })
  await using slow = new Subscriber(stream, 'slow')
  const [shard] = await slow.holds(1)
  await stream.put(puts(3))
  const puller = new Puller(shard as AssignedShard)
  const records = await puller.take(3)
  await clock.advance(2 * hourMs)
  expect(await readStream(stream)).toEqual([])
  await puller.settle(records)
  expect((await stream.lag('slow'))[0]).toMatchObject({ lostRecords: 0, records: 0 })
  await registry.close()
})

it('makes room in a full memory', async () => {
  const clock = new ManualClock()
  const registry = createMemoryStreams({ clock, storageBytesMax: 20_000 })
  const stream = await registry.create('logs', { shardCount: 1, retentionHours: 1 })
  const large = [{ data: new Uint8Array(15_000), partitionKey: 'k' }]
  expect((await stream.put(large))[0]?.accepted).toBe(true)
  expect((await stream.put(large))[0]).toMatchObject({ accepted: false, reason: 'storage-full', retryable: true })
  await clock.advance(2 * hourMs)
  expect((await stream.put(large))[0]?.accepted).toBe(true)
  await registry.close()
})
