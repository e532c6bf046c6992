import { expect } from 'vitest'
import type { StreamRegistry } from '../stream.ts'
import { accept, eventually, pull, put, puts, readStream, Subscriber, texts } from './helpers.ts'
import { type Promises, streamOf } from './promises.ts'
import type { StreamSubject } from './subject.ts'

async function reopen(subject: StreamSubject): Promise<StreamRegistry> {
  if (subject.reopen === undefined) throw new Error('A durable subject must be able to reopen.')
  return subject.reopen()
}

/** On subjects that outlive their process. */
export const durabilityPromises: Promises = {
  async 'has its streams, records and positions after a restart'(subject) {
    const before = await streamOf(subject, 3)
    const described = await subject.registry.describe('logs')
    const shards = await before.shards()
    const results = await accept(
      before,
      Array.from({ length: 300 }, (_, index) => put(`line ${index}`, `k${index % 11}`)),
    )
    const found = await readStream(before)
    const registry = await reopen(subject)
    expect(await registry.describe('logs')).toEqual(described)
    const after = await registry.get('logs')
    expect(after.incarnation).toBe(before.incarnation)
    expect(await after.shards()).toEqual(shards)
    const again = await readStream(after)
    expect(texts(again)).toEqual(texts(found))
    expect(again.map((record) => record.sequenceNumber)).toEqual(found.map((record) => record.sequenceNumber))
    const [more] = await accept(after, [put('more', 'k0')])
    const last = results.filter((result) => result.shardId === more?.shardId).at(-1)
    expect(more?.position).toBeGreaterThan(last?.position ?? Number.POSITIVE_INFINITY)
  },

  async 'has its checkpoints after a restart'(subject) {
    const before = await streamOf(subject)
    await accept(before, puts(10))
    {
      await using subscriber = new Subscriber(before, 'c')
      const puller = await pull(subscriber)
      await puller.settle((await puller.take(10)).slice(0, 7))
    }
    const after = await (await reopen(subject)).get('logs')
    expect((await after.lag('c'))[0]).toMatchObject({ records: 3 })
    await using subscriber = new Subscriber(after, 'c')
    expect(texts(await (await pull(subscriber)).take(3))).toEqual(['7', '8', '9'])
  },

  async 'has a forgotten consumer no more after a restart'(subject) {
    const before = await streamOf(subject)
    await accept(before, puts(4))
    {
      await using subscriber = new Subscriber(before, 'c')
      const puller = await pull(subscriber)
      await puller.settle(await puller.take(4))
    }
    await eventually('nobody is subscribed', async () => !(await before.hasSubscribers('c')))
    await before.forgetConsumer('c')
    const after = await (await reopen(subject)).get('logs')
    expect((await after.lag('c'))[0]).toMatchObject({ records: 4 })
  },

  async 'has a deleted stream no more after a restart'(subject) {
    await accept(await streamOf(subject), puts(10))
    await subject.registry.delete('logs')
    const registry = await reopen(subject)
    expect(await registry.list()).toEqual([])
    const again = await registry.create('logs', { shardCount: 1, retentionHours: 24 })
    expect(await readStream(again)).toEqual([])
  },
}

/** On durable subjects whose clock is manual. */
export const durableRetentionPromises: Promises = {
  async 'uses no position twice when everything was removed before a restart'(subject) {
    const stream = await streamOf(subject)
    const [, last] = await accept(stream, puts(2))
    await subject.advance?.(25 * 3_600_000)
    await subject.enforceRetention?.()
    const after = await (await reopen(subject)).get('logs')
    expect(await readStream(after)).toEqual([])
    const [next] = await accept(after, [put('next')])
    expect(next?.position).toBeGreaterThan(last?.position ?? Number.POSITIVE_INFINITY)
  },
}
