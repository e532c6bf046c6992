import { expect } from 'vitest'
import {
  InvalidStreamError,
  ShardRevokedError,
  StreamClosedError,
  StreamExistsError,
  StreamGoneError,
  StreamNotFoundError,
} from '../errors.ts'
import { splitHashKeys } from '../hash-key.ts'
import { accept, fromStart, onlyShard, pull, put, puts, readStream, Subscriber, wide } from './helpers.ts'
import type { Promises } from './promises.ts'

export const registryPromises: Promises = {
  async 'creates, describes and lists streams'({ registry }) {
    const stream = await registry.create('beta', { shardCount: 3, retentionHours: 48 })
    await registry.create('alpha', { shardCount: 1, retentionHours: 24 })
    const described = await registry.describe('beta')
    expect(described).toMatchObject({ name: 'beta', shardCount: 3, retentionHours: 48, incarnation: stream.incarnation })
    expect(described.createdTimestamp).toBeGreaterThan(0)
    expect((await registry.list()).map((entry) => entry.name)).toEqual(['alpha', 'beta'])
    const shards = await (await registry.get('beta')).shards()
    expect(shards.map((shard) => shard.shardId)).toEqual(['shardId-000000000000', 'shardId-000000000001', 'shardId-000000000002'])
    expect(shards.map(({ startingHashKey, endingHashKey }) => ({ startingHashKey, endingHashKey }))).toEqual(splitHashKeys(3))
  },

  async 'refuses names and settings that are out of bounds'({ registry }) {
    const settings = { shardCount: 1, retentionHours: 24 }
    for (const name of ['', 'with space', 'a/b', 'ü', 'x'.repeat(129)]) {
      await expect(registry.create(name, settings)).rejects.toThrow(InvalidStreamError)
    }
    for (const shardCount of [0, -1, 1.5, 10_001, Number.NaN]) {
      await expect(registry.create('logs', { ...settings, shardCount })).rejects.toThrow(InvalidStreamError)
    }
    for (const retentionHours of [0, 8_761, 0.5, Number.NaN]) {
      await expect(registry.create('logs', { ...settings, retentionHours })).rejects.toThrow(InvalidStreamError)
    }
    expect(await registry.list()).toEqual([])
    expect((await registry.create(`A-z_0.9${'x'.repeat(121)}`, settings)).name).toHaveLength(128)
  },

  async 'has one stream of a name, also when two are asked for at once'({ registry }) {
    const settings = { shardCount: 1, retentionHours: 24 }
    const outcomes = await Promise.allSettled([registry.create('logs', settings), registry.create('logs', settings)])
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await expect(registry.create('logs', settings)).rejects.toThrow(StreamExistsError)
  },

  async 'names the streams that there are when one is not'({ registry }) {
    await expect(registry.get('logs')).rejects.toThrow(StreamNotFoundError)
    await registry.create('other', { shardCount: 1, retentionHours: 24 })
    await expect(registry.get('logs')).rejects.toThrow(/"logs".*other/)
    await expect(registry.describe('logs')).rejects.toThrow(StreamNotFoundError)
    await expect(registry.delete('logs')).rejects.toThrow(StreamNotFoundError)
  },

  async 'takes a deleted stream from whoever uses it'({ registry }) {
    const stream = await registry.create('logs', { shardCount: 1, retentionHours: 24 })
    const shardId = await onlyShard(stream)
    await accept(stream, puts(3))
    await using subscriber = new Subscriber(stream, 'c')
    const puller = await pull(subscriber)
    await puller.take(3)
    const waiting = puller.next()
    await registry.delete('logs')
    await expect(subscriber.ended).rejects.toThrow(StreamGoneError)
    expect(puller.shard.revoked.aborted).toBe(true)
    expect(await waiting).toBeUndefined()
    await expect(puller.shard.checkpoint(3)).rejects.toThrow(ShardRevokedError)
    await expect(stream.put(puts(1))).rejects.toThrow(StreamGoneError)
    await expect(stream.read(shardId, { type: 'TRIM_HORIZON' }, wide)).rejects.toThrow(StreamGoneError)
    await expect(stream.lag('c')).rejects.toThrow(StreamGoneError)
    await expect(registry.get('logs')).rejects.toThrow(StreamNotFoundError)
  },

  async 'answers every put that a deletion overtakes'({ registry }) {
    const stream = await registry.create('logs', { shardCount: 2, retentionHours: 24 })
    const under = Array.from({ length: 50 }, (_, index) => stream.put(puts(10, `${index}-`, `k${index}`)))
    await registry.delete('logs')
    for (const outcome of await Promise.allSettled(under)) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StreamGoneError)
      else expect(outcome.value).toHaveLength(10)
    }
  },

  async 'makes a stream of the same name a new one'({ registry }) {
    const settings = { shardCount: 1, retentionHours: 24 }
    const before = await registry.create('logs', settings)
    await accept(before, puts(5))
    await using old = new Subscriber(before, 'c')
    const puller = await pull(old)
    await puller.settle(await puller.take(5))
    await registry.delete('logs')
    const after = await registry.create('logs', settings)
    expect(after.incarnation).not.toBe(before.incarnation)
    expect(await readStream(after)).toEqual([])
    await accept(after, [put('new')])
    await using young = new Subscriber(after, 'c')
    const records = await (await pull(young)).take(1)
    expect(records.map((record) => Buffer.from(record.data).toString())).toEqual(['new'])
    await expect(before.put(puts(1))).rejects.toThrow(StreamGoneError)
  },

  async 'settles what was put, closes, and is closed'({ registry }) {
    const stream = await registry.create('logs', { shardCount: 1, retentionHours: 24 })
    const shardId = await onlyShard(stream)
    await using subscriber = new Subscriber(stream, 'c')
    const puller = await pull(subscriber)
    const waiting = puller.next()
    const last = stream.put([put('last')])
    await registry.close()
    expect((await last)[0]?.accepted).toBe(true)
    await expect(subscriber.ended).rejects.toThrow(StreamClosedError)
    // The record may have come before the end, or not.
    await waiting
    expect(puller.shard.revoked.aborted).toBe(true)
    await expect(stream.put(puts(1))).rejects.toThrow(StreamClosedError)
    await expect(stream.read(shardId, { type: 'LATEST' }, wide)).rejects.toThrow(StreamClosedError)
    await expect(stream.lag('c')).rejects.toThrow(StreamClosedError)
    await expect(registry.create('more', { shardCount: 1, retentionHours: 24 })).rejects.toThrow(StreamClosedError)
    await expect(registry.get('logs')).rejects.toThrow(StreamClosedError)
    await expect(registry.list()).rejects.toThrow(StreamClosedError)
    const late = stream.subscribe('c', fromStart, new AbortController().signal)[Symbol.asyncIterator]()
    await expect(late.next()).rejects.toThrow(StreamClosedError)
    await registry.close()
  },
}
