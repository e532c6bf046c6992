import { expect, it } from 'vitest'
import { fromStart, Puller, puts, readStream, Subscriber, texts } from '../conformance/helpers.ts'
import { StorageError, StorageFailedError } from '../errors.ts'
import { MemoryStore } from '../memory/memory-store.ts'
import type { AssignedShard, Stream } from '../stream.ts'
import type { LocalStore } from './local-store.ts'
import { LocalStreams, localStreamsDefaults } from './local-streams.ts'
import { ManualClock } from '@millrace/testing'

/** A store whose next transactions and reads fail with the errors that are lined up. */
class FailingStore extends MemoryStore {
  readonly commits: (Error | undefined)[] = []
  readonly reads: (Error | undefined)[] = []

  override async commit(...args: Parameters<LocalStore['commit']>): ReturnType<LocalStore['commit']> {
    const error = this.commits.shift()
    if (error !== undefined) throw error
    return super.commit(...args)
  }

  override async readChunks(...args: Parameters<LocalStore['readChunks']>): ReturnType<LocalStore['readChunks']> {
    const error = this.reads.shift()
    if (error !== undefined) throw error
    return super.readChunks(...args)
  }
}

async function streamOver(store: LocalStore, options: object = {}): Promise<{ registry: LocalStreams; stream: Stream }> {
  const clock = new ManualClock()
  const registry = new LocalStreams(
    store,
    { streams: [], nextShardKey: 1, resources: [], lastVersion: 0 },
    { ...localStreamsDefaults, clock, ...options },
  )
  return { registry, stream: await registry.create('logs', { shardCount: 1, retentionHours: 24 }) }
}

it('refuses a put on a full storage for now, and leaves no gap behind', async () => {
  const store = new FailingStore(1e6)
  const { registry, stream } = await streamOver(store)
  store.commits.push(undefined, new StorageError('full'))
  await stream.put(puts(2, 'a'))
  expect((await stream.put(puts(3, 'b')))[2]).toMatchObject({ accepted: false, retryable: true, reason: 'storage-full', message: 'full' })
  expect(registry.usage().pendingBytes).toBe(0)
  const [result] = await stream.put(puts(1, 'c'))
  expect(result).toMatchObject({ accepted: true, position: 2 })
  expect(texts(await readStream(stream))).toEqual(['a0', 'a1', 'c0'])
})

it('takes no later part of a put whose earlier part was refused', async () => {
  const store = new FailingStore(1e6)
  const { stream } = await streamOver(store, { chunkBytesMax: 1_000, commitBytesMax: 1_000 })
  store.commits.push(undefined, new StorageError('full'))
  const results = await stream.put(puts(100, 'x'))
  const first = results.findIndex((result) => !result.accepted)
  expect(first).toBeGreaterThan(0)
  expect(results.slice(first).every((result) => !result.accepted)).toBe(true)
  expect(await readStream(stream)).toHaveLength(first)
})

it('answers puts as failed for now when the storage is lost', async () => {
  const store = new FailingStore(1e6)
  const { registry, stream } = await streamOver(store)
  store.commits.push(new StorageFailedError('its thread died'))
  expect(await stream.put(puts(1))).toMatchObject([{ accepted: false, retryable: true, reason: 'internal', message: 'its thread died' }])
  store.commits.push(new StorageFailedError('its thread died'))
  await expect(registry.create('more', { shardCount: 1, retentionHours: 24 })).rejects.toBeInstanceOf(StorageFailedError)
  expect((await registry.list()).map((entry) => entry.name)).toEqual(['logs'])
})

it('keeps a stream whose deletion could not be written', async () => {
  const store = new FailingStore(1e6)
  const { registry, stream } = await streamOver(store)
  store.commits.push(new StorageError('full'))
  await expect(registry.delete('logs')).rejects.toBeInstanceOf(StorageError)
  expect((await stream.put(puts(1)))[0]?.accepted).toBe(true)
})

it('writes a checkpoint again that could not be written, and counts it as settled meanwhile', async () => {
  const store = new FailingStore(1e6)
  const { stream } = await streamOver(store)
  await stream.put(puts(4))
  await using one = new Subscriber(stream, 'c')
  const [shard] = await one.holds(1)
  const puller = new Puller(shard as AssignedShard)
  const records = await puller.take(4)
  store.commits.push(new StorageError('full'))
  await expect(puller.settle(records)).rejects.toBeInstanceOf(StorageError)
  expect((await stream.lag('c'))[0]?.records).toBe(4)
  await puller.settle(records)
  expect((await stream.lag('c'))[0]?.records).toBe(0)
})

it('tells a subscriber that the storage cannot be read', async () => {
  const store = new FailingStore(1e6)
  const { stream } = await streamOver(store, { tailBytesMax: 0 })
  await stream.put(puts(4))
  await using subscriber = new Subscriber(stream, 'c', fromStart)
  const [shard] = await subscriber.holds(1)
  store.reads.push(new StorageError('cannot be read'))
  await expect(new Puller(shard as AssignedShard).next()).rejects.toThrow('cannot be read')
})
