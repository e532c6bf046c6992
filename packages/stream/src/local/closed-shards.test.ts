import { ManualClock } from '@millrace/testing'
import { expect, it } from 'vitest'
import { fromStart, Puller, Subscriber, texts, wide } from '../conformance/helpers.ts'
import { hashKeyEnd, splitHashKeys } from '../hash-key.ts'
import { MemoryStore } from '../memory/memory-store.ts'
import { encodeAppended } from '../record-batch.ts'
import { shardIdOf } from '../shard.ts'
import type { AssignedShard } from '../stream.ts'
import type { StoredStream } from './local-store.ts'
import { LocalStreams, localStreamsDefaults } from './local-streams.ts'

/** A stream whose only shard was split: the parent holds `a` and `b`, the first child `c`. */
async function splitStream(): Promise<LocalStreams> {
  const store = new MemoryStore(1e6)
  const created = { createdTimestamp: 5_000 }
  const closed = { shardId: shardIdOf(0), index: 0, startingHashKey: 0n, endingHashKey: hashKeyEnd - 1n, ...created, endingPosition: 2 }
  const children = splitHashKeys(2).map((range, at) => ({
    shardId: shardIdOf(at + 1),
    index: at + 1,
    ...range,
    ...created,
    parentShardId: shardIdOf(0),
  }))
  const stored: StoredStream = {
    description: { name: 'logs', incarnation: 'abc', shardCount: 2, retentionHours: 24, ...created },
    checkpoints: [],
    shards: [closed, ...children].map((shard, key) => {
      const tip = [2, 1, 0][key] ?? 0
      return { key, shard, tip, horizon: 0, oldestTimestamp: tip > 0 ? 6_000 : undefined, newestTimestamp: 6_000 }
    }),
  }
  const records = (...all: string[]) => all.map((text) => ({ data: Buffer.from(text), partitionKey: 'k' }))
  await store.commit([], [{ kind: 'create-stream', stream: stored }])
  await store.commit(
    [
      { shardKey: 0, firstPosition: 0, count: 2, arrivalTimestamp: 6_000, bytes: encodeAppended(records('a', 'b'), 0, 6_000) },
      { shardKey: 1, firstPosition: 0, count: 1, arrivalTimestamp: 6_000, bytes: encodeAppended(records('c'), 0, 6_000) },
    ],
    [],
  )
  return new LocalStreams(
    store,
    { streams: [stored], nextShardKey: 3, resources: [], lastVersion: 0 },
    { ...localStreamsDefaults, clock: new ManualClock() },
  )
}

it('finishes a closed shard before its children', async () => {
  const registry = await splitStream()
  const stream = await registry.get('logs')
  await using subscriber = new Subscriber(stream, 'c', { ...fromStart, batchRecordsMax: 1 })
  const [parent] = await subscriber.holds(1)
  expect(parent?.source.shard.shardId).toBe(shardIdOf(0))
  const puller = new Puller(parent as AssignedShard)
  const records = await puller.take(2)
  expect(texts(records)).toEqual(['a', 'b'])
  expect(await puller.next()).toBeUndefined()
  await puller.settle(records.slice(0, 1))
  expect(subscriber.held).toHaveLength(1)
  await puller.settle(records)
  const children = await subscriber.holds(2)
  expect(children.map((shard) => shard.source.shard.shardId)).toEqual([shardIdOf(1), shardIdOf(2)])
  expect(texts(await new Puller(children[0] as AssignedShard).take(1))).toEqual(['c'])
  await registry.close()
})

it('tells a reader that a closed shard ends', async () => {
  const registry = await splitStream()
  const stream = await registry.get('logs')
  expect((await stream.read(shardIdOf(0), { type: 'TRIM_HORIZON' }, { ...wide, recordsMax: 1 })).endOfShard).toBe(false)
  expect((await stream.read(shardIdOf(0), { type: 'TRIM_HORIZON' }, wide)).endOfShard).toBe(true)
  expect((await stream.read(shardIdOf(1), { type: 'TRIM_HORIZON' }, wide)).endOfShard).toBe(false)
  await registry.close()
})

it('puts into the children alone', async () => {
  const registry = await splitStream()
  const stream = await registry.get('logs')
  const results = await stream.put(Array.from({ length: 20 }, (_, index) => ({ data: new Uint8Array(1), partitionKey: `k${index}` })))
  const shardIds = results.map((result) => result.accepted && result.shardId)
  expect(new Set(shardIds)).toEqual(new Set([shardIdOf(1), shardIdOf(2)]))
  await registry.close()
})
