import { expect } from 'vitest'
import { ConsumerInUseError, ShardRevokedError } from '../errors.ts'
import type { AssignedShard } from '../stream.ts'
import { accept, eventually, fromStart, fromTip, Puller, pull, put, puts, Subscriber, texts } from './helpers.ts'
import { type Promises, streamOf } from './promises.ts'

export const subscribePromises: Promises = {
  async 'delivers a shard from its start, in order, and what comes later'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(500, 'a'))
    await using subscriber = new Subscriber(stream, 'c')
    const puller = await pull(subscriber)
    expect(texts(await puller.take(500))).toEqual(puts(500, 'a').map((record) => Buffer.from(record.data).toString()))
    for (let turn = 0; turn < 5; turn++) {
      const waiting = puller.take(3)
      await accept(stream, puts(3, `${turn}-`))
      expect(texts(await waiting)).toEqual([`${turn}-0`, `${turn}-1`, `${turn}-2`])
    }
  },

  async 'tells whether a subscriber of this process takes part'(subject) {
    const stream = await streamOf(subject)
    expect(stream.isSubscribed('c')).toBe(false)
    {
      await using subscriber = new Subscriber(stream, 'c')
      await pull(subscriber)
      expect(stream.isSubscribed('c')).toBe(true)
      expect(stream.isSubscribed('other')).toBe(false)
    }
    await eventually('the subscriber has left', async () => !stream.isSubscribed('c'))
  },

  async 'forgets a consumer once nobody is subscribed'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(3))
    expect(await stream.hasSubscribers('c')).toBe(false)
    {
      await using subscriber = new Subscriber(stream, 'c')
      const puller = await pull(subscriber)
      await puller.settle(await puller.take(3))
      expect(await stream.hasSubscribers('c')).toBe(true)
      await expect(stream.forgetConsumer('c')).rejects.toThrow(ConsumerInUseError)
    }
    await eventually('nobody is subscribed', async () => !(await stream.hasSubscribers('c')))
    expect((await stream.lag('c'))[0]?.records).toBe(0)
    await stream.forgetConsumer('c')
    await stream.forgetConsumer('never seen')
    expect((await stream.lag('c'))[0]?.records).toBe(3)
    await using again = new Subscriber(stream, 'c')
    expect(texts(await (await pull(again)).take(3))).toEqual(['0', '1', '2'])
  },

  async 'begins at the tip where that is asked for, and keeps that place'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(10, 'old'))
    {
      await using subscriber = new Subscriber(stream, 'c', fromTip)
      const puller = await pull(subscriber)
      const waiting = puller.take(1)
      await eventually('the consumer has its place', async () => (await stream.lag('c'))[0]?.records === 0)
      await accept(stream, [put('new')])
      expect(texts(await waiting)).toEqual(['new'])
    }
    await accept(stream, [put('while away')])
    await using again = new Subscriber(stream, 'c', fromTip)
    expect(texts(await (await pull(again)).take(2))).toEqual(['new', 'while away'])
  },

  async 'keeps to the bounds of a batch, with a larger record alone'(subject) {
    const stream = await streamOf(subject)
    const sizes = [10, 10, 10, 5_000, 10, 400, 400, 400]
    await accept(
      stream,
      sizes.map((size) => put('x'.repeat(size))),
    )
    await using subscriber = new Subscriber(stream, 'c', { ...fromStart, batchRecordsMax: 4, batchBytesMax: 1_000 })
    const puller = await pull(subscriber)
    const found: number[] = []
    while (found.length < sizes.length) {
      const batch = (await puller.next()) ?? []
      const bytes = batch.map((record) => record.data.byteLength)
      expect(batch.length).toBeGreaterThan(0)
      expect(batch.length).toBeLessThanOrEqual(4)
      if (batch.length > 1) expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_000)
      found.push(...bytes)
    }
    expect(found).toEqual(sizes)
  },

  async 'waits for whoever does not pull'(subject) {
    const stream = await streamOf(subject)
    await using subscriber = new Subscriber(stream, 'c', { ...fromStart, batchRecordsMax: 10 })
    const puller = await pull(subscriber)
    for (let turn = 0; turn < 10; turn++) await accept(stream, puts(20, `${turn}/`))
    const records = await puller.take(200)
    expect(new Set(texts(records)).size).toBe(200)
    expect(records.map((record) => record.position)).toEqual(records.map((record) => record.position).toSorted((one, two) => one - two))
  },

  async 'resumes behind the checkpoint, and repeats what was not settled'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(10))
    {
      await using first = new Subscriber(stream, 'c')
      const puller = await pull(first)
      const records = await puller.take(10)
      await puller.settle(records.slice(0, 4))
    }
    {
      await using second = new Subscriber(stream, 'c')
      const puller = await pull(second)
      const records = await puller.take(6)
      expect(texts(records)).toEqual(['4', '5', '6', '7', '8', '9'])
      await puller.settle(records)
      await puller.settle(records.slice(0, 1))
      await puller.shard.checkpoint(0)
    }
    await accept(stream, [put('next')])
    await using third = new Subscriber(stream, 'c')
    expect(texts(await (await pull(third)).take(1))).toEqual(['next'])
  },

  async 'keeps consumers apart'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(4))
    await using one = new Subscriber(stream, 'one')
    await using two = new Subscriber(stream, 'two')
    const first = await pull(one)
    await first.settle(await first.take(4))
    expect(await (await pull(two)).take(4)).toHaveLength(4)
    expect((await stream.lag('one'))[0]?.records).toBe(0)
    expect((await stream.lag('two'))[0]?.records).toBe(4)
  },

  async 'shares the shards out among the subscribers of a consumer, and again when one comes or goes'(subject) {
    const stream = await streamOf(subject, 4)
    await using one = new Subscriber(stream, 'c')
    const all = await one.holds(4)
    await using two = new Subscriber(stream, 'c')
    const [mine, yours] = [await one.holds(2), await two.holds(2)]
    const ids = [...mine, ...yours].map((shard) => shard.source.shard.shardId)
    expect(new Set(ids).size).toBe(4)
    const taken = all.filter((shard) => shard.revoked.aborted)
    expect(taken).toHaveLength(2)
    for (const shard of taken) await expect(shard.checkpoint(0)).rejects.toThrow(ShardRevokedError)
    await two.stop()
    await one.holds(4)
    expect(yours.every((shard) => shard.revoked.aborted)).toBe(true)
  },

  async 'hands a shard over at its checkpoint'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(6))
    const one = new Subscriber(stream, 'c')
    const puller = await pull(one)
    const records = await puller.take(6)
    await puller.settle(records.slice(0, 2))
    await using two = new Subscriber(stream, 'c')
    const waiting = puller.next()
    await one.stop()
    expect(await waiting).toBeUndefined()
    await expect(puller.settle(records)).rejects.toThrow(ShardRevokedError)
    expect(texts(await (await pull(two)).take(4))).toEqual(['2', '3', '4', '5'])
  },

  async 'leaves more subscribers than shards without any until one is free'(subject) {
    const stream = await streamOf(subject)
    await using one = new Subscriber(stream, 'c')
    await one.holds(1)
    await using two = new Subscriber(stream, 'c')
    await eventually('one of the two has the shard', () => one.held.length + two.held.length === 1)
    const [holder, other] = one.held.length === 1 ? [one, two] : [two, one]
    await holder.stop()
    await other.holds(1)
  },

  async 'ends when the signal is aborted, with every shard revoked'(subject) {
    const stream = await streamOf(subject, 2)
    const subscriber = new Subscriber(stream, 'c')
    const shards = await subscriber.holds(2)
    await subscriber.stop()
    expect(shards.every((shard) => shard.revoked.aborted)).toBe(true)
    for (const shard of shards) expect(await new Puller(shard).next()).toBeUndefined()
    const late = stream.subscribe('c', fromStart, AbortSignal.abort())[Symbol.asyncIterator]()
    expect(await late.next()).toMatchObject({ done: true })
  },

  async 'gives the shards back when the subscription is left by a break'(subject) {
    const stream = await streamOf(subject)
    let held: AssignedShard | undefined
    for await (const shard of stream.subscribe('c', fromStart, new AbortController().signal)) {
      held = shard
      break
    }
    expect(held?.revoked.aborted).toBe(true)
    await using next = new Subscriber(stream, 'c')
    await next.holds(1)
  },

  async 'lets the batches of an assignment be iterated once'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(1))
    await using subscriber = new Subscriber(stream, 'c')
    const puller = await pull(subscriber)
    await puller.take(1)
    await expect(new Puller(puller.shard).next()).rejects.toThrow()
  },

  async 'tells the lag of each shard, also while nothing moves'(subject) {
    const stream = await streamOf(subject, 2)
    const [first, second] = await stream.shards()
    const into = (shard: typeof first, count: number) =>
      puts(count).map((record) => ({ ...record, explicitHashKey: `${shard?.startingHashKey}` }))
    await accept(stream, into(first, 5))
    const stranger = await stream.lag('stranger')
    expect(stranger.map((lag) => [lag.shardId, lag.records])).toEqual([
      [first?.shardId, 5],
      [second?.shardId, 0],
    ])
    await using subscriber = new Subscriber(stream, 'c')
    const shards = await subscriber.holds(2)
    const puller = new Puller(shards[0] as AssignedShard)
    const records = await puller.take(5)
    await subject.advance?.(60_000)
    const [stuck] = await stream.lag('c')
    expect(stuck).toMatchObject({ records: 5, lostRecords: 0, oldestUnsettledTimestamp: records[0]?.approximateArrivalTimestamp })
    await puller.settle(records.slice(0, 3))
    expect((await stream.lag('c'))[0]).toMatchObject({ records: 2, checkpoint: (records[2]?.position ?? 0) + 1 })
    await puller.settle(records)
    const [done] = await stream.lag('c')
    expect(done).toMatchObject({ records: 0, oldestUnsettledTimestamp: undefined, lostRecords: 0 })
    expect(done?.tip).toBe(done?.checkpoint)
  },
}
