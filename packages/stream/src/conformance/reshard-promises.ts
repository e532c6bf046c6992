import { expect } from 'vitest'
import {
  InvalidReshardError,
  InvalidStreamError,
  ShardClosedError,
  ShardLimitError,
  ShardNotFoundError,
  StreamInUseError,
  StreamNotFoundError,
} from '../errors.ts'
import { hashKeyEnd, splitHashKeys } from '../hash-key.ts'
import type { PutRecord } from '../record.ts'
import { endingSequenceNumber, startingSequenceNumber } from '../sequence-number.ts'
import { type Shard, shardIdOf } from '../shard.ts'
import type { Stream, SubscribeOptions } from '../stream.ts'
import { Draining } from './draining.ts'
import { accept, eventually, fromStart, fromTip, Puller, put, puts, readAll, Subscriber, texts, wide } from './helpers.ts'
import { type Promises, streamOf } from './promises.ts'

const middle = hashKeyEnd / 2n
const open = (shards: readonly Shard[]): Shard[] => shards.filter((shard) => shard.endingPosition === undefined)
const ids = (shards: readonly { readonly shardId: string }[]): number[] => shards.map(({ shardId }) => Number(shardId.slice(-4)))

/** Of several keys, numbered within each. */
function keyed(from: number, to: number, keys = 7): PutRecord[] {
  return Array.from({ length: to - from }, (_, at) => put(`${from + at}`, `k${(from + at) % keys}`))
}

/** Into the first or the last shard, whatever the key is. */
function into(end: 'low' | 'high', record: PutRecord): PutRecord {
  return { ...record, explicitHashKey: end === 'low' ? '0' : `${hashKeyEnd - 1n}` }
}

async function lagOf(stream: Stream, consumer: string): Promise<Record<number, number>> {
  return Object.fromEntries((await stream.lag(consumer)).map(({ shardId, records }) => [Number(shardId.slice(-4)), records]))
}

export const reshardPromises: Promises = {
  async 'splits a shard: two children over its range, and the parent is closed'(subject) {
    const { registry } = subject
    const stream = await streamOf(subject)
    const before = await accept(stream, puts(10))
    await registry.split('logs', shardIdOf(0), middle)
    const [parent, low, high] = (await stream.shards()) as [Shard, Shard, Shard]
    expect(parent.endingPosition).toBeGreaterThan(before.at(-1)?.position ?? Number.POSITIVE_INFINITY)
    expect(parent.closedTimestamp).toBeGreaterThan(0)
    expect([low.startingHashKey, low.endingHashKey]).toEqual([0n, middle - 1n])
    expect([high.startingHashKey, high.endingHashKey]).toEqual([middle, hashKeyEnd - 1n])
    for (const child of [low, high]) expect(child).toMatchObject({ parentShardId: shardIdOf(0) })
    expect(low.adjacentParentShardId).toBeUndefined()
    expect(await registry.describe('logs')).toMatchObject({ shardCount: 2, status: 'ACTIVE' })
    const after = await accept(stream, [into('low', put('x')), into('high', put('y'))])
    expect(ids(after)).toEqual([1, 2])
  },

  async 'merges two shards that touch, named in either order'(subject) {
    const { registry } = subject
    const stream = await streamOf(subject, 3)
    await registry.merge('logs', shardIdOf(2), shardIdOf(1))
    const shards = await stream.shards()
    const child = shards.at(-1) as Shard
    expect(child).toMatchObject({ parentShardId: shardIdOf(2), adjacentParentShardId: shardIdOf(1), endingHashKey: hashKeyEnd - 1n })
    expect(child.startingHashKey).toBe(shards[1]?.startingHashKey)
    expect(ids(open(shards))).toEqual([0, 3])
    expect(ids(await accept(stream, [into('low', put('x')), into('high', put('y'))]))).toEqual([0, 3])
    expect((await registry.describe('logs')).shardCount).toBe(2)
  },

  async 'scales to equal ranges'(subject) {
    const { registry } = subject
    const stream = await streamOf(subject, 2)
    for (const count of [3, 6, 2]) {
      await registry.scale('logs', count)
      const ranges = open(await stream.shards()).toSorted((one, other) => (one.startingHashKey < other.startingHashKey ? -1 : 1))
      expect(ranges.map(({ startingHashKey, endingHashKey }) => ({ startingHashKey, endingHashKey }))).toEqual(splitHashKeys(count))
      expect(await registry.describe('logs')).toMatchObject({ shardCount: count, status: 'ACTIVE' })
    }
    const shards = (await stream.shards()).length
    await registry.scale('logs', 2)
    expect(await stream.shards()).toHaveLength(shards)
  },

  async 'gives children sequence numbers above those of their parents'(subject) {
    const { registry } = subject
    const stream = await streamOf(subject, 2)
    const numbers: string[] = []
    const one = async (): Promise<void> => void numbers.push(...(await accept(stream, [put('x')])).map((result) => result.sequenceNumber))
    await one()
    await registry.merge('logs', shardIdOf(0), shardIdOf(1))
    await one()
    await registry.split('logs', shardIdOf(2), middle)
    await one()
    expect(numbers.map(BigInt)).toEqual(numbers.map(BigInt).toSorted((a, b) => (a < b ? -1 : 1)))
    const shards = await stream.shards()
    for (const shard of shards) {
      const parent = shards.find(({ shardId }) => shardId === shard.parentShardId)
      if (parent === undefined) continue
      expect(BigInt(startingSequenceNumber(shard))).toBeGreaterThan(BigInt(endingSequenceNumber(parent) as string))
    }
  },

  async 'refuses what cannot be, by type'(subject) {
    const { registry } = subject
    await streamOf(subject, 3)
    await expect(registry.split('none', shardIdOf(0), 5n)).rejects.toThrow(StreamNotFoundError)
    await expect(registry.split('logs', shardIdOf(9), 5n)).rejects.toThrow(ShardNotFoundError)
    for (const key of [-1n, 0n, hashKeyEnd / 3n, hashKeyEnd]) {
      await expect(registry.split('logs', shardIdOf(0), key), `${key}`).rejects.toThrow(InvalidReshardError)
    }
    await expect(registry.merge('logs', shardIdOf(0), shardIdOf(2))).rejects.toThrow(InvalidReshardError)
    await expect(registry.merge('logs', shardIdOf(0), shardIdOf(0))).rejects.toThrow(InvalidReshardError)
    await expect(registry.merge('logs', shardIdOf(0), 'nonsense')).rejects.toThrow(ShardNotFoundError)
    for (const count of [0, 10_001, 1.5]) await expect(registry.scale('logs', count)).rejects.toThrow(InvalidReshardError)
    for (const hours of [0, 8_761]) await expect(registry.setRetention('logs', hours)).rejects.toThrow(InvalidStreamError)
    expect((await registry.describe('logs')).shardCount).toBe(3)
    await registry.merge('logs', shardIdOf(0), shardIdOf(1))
    await expect(registry.split('logs', shardIdOf(0), 5n)).rejects.toThrow(ShardClosedError)
    await expect(registry.merge('logs', shardIdOf(1), shardIdOf(2))).rejects.toThrow(ShardClosedError)
  },

  async 'takes one change of a stream at a time, and shows that it is under way'(subject) {
    const { registry } = subject
    await streamOf(subject, 2)
    const changing = registry.split('logs', shardIdOf(0), 5n)
    await eventually('the stream is being updated', async () => (await registry.describe('logs')).status === 'UPDATING')
    const others = await Promise.allSettled([registry.split('logs', shardIdOf(1), hashKeyEnd - 5n), registry.setRetention('logs', 48)])
    for (const outcome of others) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StreamInUseError) })
    await changing
    expect((await registry.describe('logs')).status).toBe('ACTIVE')
    await registry.split('logs', shardIdOf(1), hashKeyEnd - 5n)
  },

  async 'changes the retention'(subject) {
    await streamOf(subject)
    await subject.registry.setRetention('logs', 72)
    expect(await subject.registry.describe('logs')).toMatchObject({ retentionHours: 72, status: 'ACTIVE' })
  },

  async 'reads a closed shard to its end, and says so there'(subject) {
    const stream = await streamOf(subject)
    const shardId = shardIdOf(0)
    const results = await accept(stream, puts(5))
    await subject.registry.split('logs', shardId, middle)
    const from = { type: 'TRIM_HORIZON' } as const
    expect((await stream.read(shardId, from, { ...wide, recordsMax: 3 })).endOfShard).toBe(false)
    const all = await stream.read(shardId, from, wide)
    expect(texts(all.records)).toEqual(['0', '1', '2', '3', '4'])
    expect(all).toMatchObject({ endOfShard: true, millisBehindLatest: 0 })
    const position = { type: 'AT_POSITION', position: all.nextPosition } as const
    expect(await stream.read(shardId, position, wide)).toMatchObject({ records: [], endOfShard: true })
    for (const type of ['LATEST', 'AFTER_SEQUENCE_NUMBER'] as const) {
      const place = type === 'LATEST' ? { type } : { type, sequenceNumber: results.at(-1)?.sequenceNumber ?? '' }
      expect(await stream.read(shardId, place, wide)).toMatchObject({ records: [], endOfShard: true })
    }
    const [parent, child] = (await stream.shards()) as [Shard, Shard]
    const ending = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: endingSequenceNumber(parent) as string } as const
    expect(await stream.read(shardId, ending, wide)).toMatchObject({ records: [], endOfShard: true })
    const starting = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: startingSequenceNumber(child) } as const
    expect(await stream.read(child.shardId, starting, wide)).toMatchObject({ records: [], endOfShard: false })
  },

  async 'gives a shard to a consumer when its parents are settled, and not before'(subject) {
    const stream = await streamOf(subject, 2)
    await accept(stream, [into('low', put('a')), into('low', put('b')), into('high', put('c'))])
    await using subscriber = new Subscriber(stream, 'c', { ...fromStart, batchRecordsMax: 1 })
    const [first, second] = (await subscriber.holds(2)).map((shard) => new Puller(shard)) as [Puller, Puller]
    const records = await first.take(2)
    await subject.registry.merge('logs', shardIdOf(0), shardIdOf(1))
    await accept(stream, [put('d')])
    expect(await first.next()).toBeUndefined()
    await first.settle(records)
    expect(await lagOf(stream, 'c')).toEqual({ 0: 0, 1: 1, 2: 1 })
    const last = await second.take(1)
    expect(texts(last)).toEqual(['c'])
    expect(await second.next()).toBeUndefined()
    expect(ids(subscriber.held.map((shard) => shard.source.shard))).not.toContain(2)
    await second.settle(last)
    await eventually('the child is given out', () => ids(subscriber.held.map((shard) => shard.source.shard)).join() === '2')
    const child = new Puller(subscriber.held[0] as never)
    await child.settle(await child.take(1))
    expect(await lagOf(stream, 'c')).toEqual({ 0: 0, 1: 0, 2: 0 })
  },

  async 'hands the children of a settled parent to whoever subscribes next'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(3, 'old'))
    {
      await using subscriber = new Subscriber(stream, 'c')
      const puller = new Puller((await subscriber.holds(1))[0] as never)
      await puller.settle(await puller.take(3))
    }
    await subject.registry.split('logs', shardIdOf(0), middle)
    await accept(stream, [into('low', put('new'))])
    await using next = new Draining(stream, 'c')
    await eventually('the child is read', () => next.texts.length === 1)
    expect(next.texts).toEqual(['new'])
  },

  async 'goes through shards that have nothing'(subject) {
    const stream = await streamOf(subject)
    await using subscriber = new Draining(stream, 'c')
    await subject.registry.split('logs', shardIdOf(0), middle)
    await subject.registry.merge('logs', shardIdOf(1), shardIdOf(2))
    await subject.registry.scale('logs', 3)
    await accept(stream, keyed(0, 50))
    await eventually('all of it is read', () => subscriber.texts.length === 50)
  },

  async 'places a new consumer in all shards at once: the first record, the tip, a time'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, [put('parent')])
    await subject.registry.split('logs', shardIdOf(0), middle)
    await accept(stream, [into('low', put('child'))])
    const consumers: Draining[] = []
    const consumer = (startingPosition: SubscribeOptions['startingPosition']): Draining => {
      const draining = new Draining(stream, startingPosition.type, { ...fromStart, startingPosition })
      consumers.push(draining)
      return draining
    }
    const all = consumer({ type: 'TRIM_HORIZON' })
    const none = consumer({ type: 'LATEST' })
    const old = consumer({ type: 'AT_TIMESTAMP', timestamp: 1_000 })
    for (const each of consumers) await eventually('the children are held', () => each.open === 2)
    await accept(stream, [into('low', put('then'))])
    for (const each of [all, old]) await eventually('all of it is read', () => each.texts.length === 3)
    await eventually('what came then is read', () => none.texts.length > 0)
    expect([all.texts, none.texts, old.texts]).toEqual([['parent', 'child', 'then'], ['then'], ['parent', 'child', 'then']])
    for (const each of consumers) await each[Symbol.asyncDispose]()
  },

  async 'reads what is opened later from its first record, wherever the consumer began'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, [put('before')])
    await using subscriber = new Subscriber(stream, 'c', fromTip)
    const puller = new Puller((await subscriber.holds(1))[0] as never)
    const waiting = puller.next()
    await eventually('the consumer has its place', async () => (await lagOf(stream, 'c'))[0] === 0)
    await subject.registry.split('logs', shardIdOf(0), middle)
    await accept(stream, [into('high', put('first'))])
    expect(await waiting).toBeUndefined()
    const children = await subscriber.holds(2)
    expect(texts(await new Puller(children[1] as never).take(1))).toEqual(['first'])
  },

  async 'loses nothing, doubles nothing and keeps the order of keys while shards come and go'(subject) {
    const { registry } = subject
    const stream = await streamOf(subject, 2)
    await using one = new Draining(stream, 'c')
    await using two = new Draining(stream, 'c')
    const stop = new AbortController()
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      let at = 0
      while (!stop.signal.aborted) {
        const records = Array.from({ length: 20 }, () => put(`${writer}/${at++}`, `w${writer}`))
        await accept(stream, records)
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      return at
    })
    try {
      await registry.split('logs', shardIdOf(0), hashKeyEnd / 5n)
      await registry.merge('logs', shardIdOf(3), shardIdOf(1))
      await registry.scale('logs', 5)
      await registry.scale('logs', 1)
    } finally {
      stop.abort()
    }
    const counts = await Promise.all(writers)
    const total = counts.reduce((sum, count) => sum + count, 0)
    await eventually('everything is read', () => one.texts.length + two.texts.length >= total)
    await eventually('everything is settled', async () => Object.values(await lagOf(stream, 'c')).every((records) => records === 0))
    expect(new Set([...one.texts, ...two.texts]).size).toBe(total)
    expect(one.texts.length + two.texts.length).toBe(total)
    // A key's records, in the order in which its shards follow one another.
    for (const [writer, count] of counts.entries()) {
      const stored: string[] = []
      for (const { shardId } of await stream.shards()) {
        stored.push(
          ...(await readAll(stream, shardId))
            .filter((record) => record.partitionKey === `w${writer}`)
            .map((record) => texts([record])[0] as string),
        )
      }
      expect(stored).toEqual(Array.from({ length: count }, (_, at) => `${writer}/${at}`))
    }
  },

  async 'deletes a stream also while its shards are being changed'(subject) {
    if (subject.advance === undefined) return
    await streamOf(subject, 2)
    const changing = subject.registry.scale('logs', 9)
    await subject.registry.delete('logs')
    await Promise.allSettled([changing])
    expect(await subject.registry.list()).toEqual([])
  },

  async 'has no more than 10,000 open shards'(subject) {
    if (subject.advance === undefined) return
    await subject.registry.create('wide', { shardCount: 10_000, retentionHours: 24 })
    await expect(subject.registry.split('wide', shardIdOf(0), 5n)).rejects.toThrow(ShardLimitError)
  },
}

/** On subjects whose clock is manual. */
export const reshardRetentionPromises: Promises = {
  async 'lists a closed shard until retention has taken it'(subject) {
    const hourMs = 3_600_000
    const stream = await streamOf(subject)
    await accept(stream, puts(3))
    await subject.registry.split('logs', shardIdOf(0), middle)
    await subject.advance?.(23 * hourMs)
    await subject.enforceRetention?.()
    expect(ids(await stream.shards())).toEqual([0, 1, 2])
    await subject.advance?.(2 * hourMs)
    await subject.enforceRetention?.()
    const shards = await stream.shards()
    expect(ids(shards)).toEqual([1, 2])
    expect(shards[0]?.parentShardId).toBe(shardIdOf(0))
    await expect(stream.read(shardIdOf(0), { type: 'LATEST' }, wide)).rejects.toThrow(ShardNotFoundError)
    await using subscriber = new Subscriber(stream, 'c')
    await subscriber.holds(2)
  },

  async 'keeps the place of a consumer that was away for longer than its shard lasted'(subject) {
    const hourMs = 3_600_000
    const stream = await streamOf(subject)
    {
      await using subscriber = new Draining(stream, 'c', fromTip)
      await eventually('the consumer has its place', () => subscriber.open === 1)
    }
    await subject.registry.split('logs', shardIdOf(0), middle)
    await subject.advance?.(25 * hourMs)
    await accept(stream, [into('low', put('while away'))])
    await subject.enforceRetention?.()
    expect(ids(await stream.shards())).toEqual([1, 2])
    await using again = new Draining(stream, 'c', fromTip)
    await eventually('it is read', () => again.texts.length === 1)
  },
}

/** On subjects that outlive their process. */
export const durableReshardPromises: Promises = {
  async 'has its shards, open and closed, after a restart'(subject) {
    const before = await streamOf(subject, 2)
    await accept(before, keyed(0, 100))
    {
      await using subscriber = new Draining(before, 'c')
      await eventually('all of it is read', () => subscriber.texts.length === 100)
      await eventually('all of it is settled', async () => Object.values(await lagOf(before, 'c')).every((records) => records === 0))
    }
    await subject.registry.scale('logs', 3)
    await subject.registry.setRetention('logs', 36)
    await accept(before, keyed(100, 150))
    const shards = await before.shards()
    const described = await subject.registry.describe('logs')
    const registry = await (subject.reopen as NonNullable<typeof subject.reopen>)()
    const after = await registry.get('logs')
    expect(await after.shards()).toEqual(shards)
    expect(await registry.describe('logs')).toEqual(described)
    await using again = new Draining(after, 'c')
    await eventually('the rest is read', () => again.texts.length === 50)
    expect(again.texts.map(Number).toSorted((one, other) => one - other)).toEqual(Array.from({ length: 50 }, (_, at) => 100 + at))
  },
}
