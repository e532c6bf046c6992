import { Kafka, logLevel } from 'kafkajs'
import type { PutRecord } from '@millrace/stream'
import type { RecordsLost } from '@millrace/stream/local'
import { describeWithService, kafka } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { OpenStreams } from './support/open.ts'
import { Consumer } from './support/subscriber.ts'

const lines = (from: number, to: number): PutRecord[] =>
  Array.from({ length: to - from }, (_, index) => ({ data: Buffer.from(`${from + index}`), partitionKey: `k${(from + index) % 23}` }))
const numbers = (texts: readonly string[]): number[] => texts.map(Number).toSorted((one, other) => one - other)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const patience = { timeout: 20_000, interval: 20 }

describeWithService(kafka, 'Subscribers over a real Kafka', ({ brokers }) => {
  it('keep the shards that stay with them through a rebalance, without a repeat', async () => {
    await using opened = new OpenStreams(brokers)
    const [here, there] = [await opened.open(), await opened.open()]
    const stream = await here.create('logs', { shardCount: 4, retentionHours: 24 })
    await stream.put(lines(0, 1_000))
    // Nothing is settled: whatever began anew would begin at the start.
    await using one = new Consumer(stream, 'c', { settles: false })
    await expect.poll(() => one.texts.length, patience).toBe(1_000)
    const kept = [...one.held]
    await using two = new Consumer(await there.get('logs'), 'c', { settles: false })
    await expect.poll(() => [one.held.length, two.held.length], patience).toEqual([2, 2])
    await stream.put(lines(1_000, 2_000))
    const stays = kept.filter((shard) => !shard.revoked.aborted)
    expect(stays).toHaveLength(2)
    await expect.poll(() => new Set([...one.texts, ...two.texts]).size, patience).toBe(2_000)
    // The one has read nothing twice; the other has begun its shards from the start.
    expect(new Set(one.texts).size).toBe(one.texts.length)
    await two.stop()
    await expect.poll(() => one.held.length, patience).toBe(4)
    expect(stays.every((shard) => !shard.revoked.aborted)).toBe(true)
  })

  it('share a stream out among many, and hand all of it over as they go', async () => {
    await using opened = new OpenStreams(brokers)
    const streams = await Promise.all([opened.open(), opened.open(), opened.open()])
    const stream = await streams[0].create('logs', { shardCount: 6, retentionHours: 24 })
    const consumers: Consumer[] = []
    for (const each of streams) consumers.push(new Consumer(await each.get('logs'), 'c'))
    await expect.poll(() => consumers.map(({ held }) => held.length), patience).toEqual([2, 2, 2])
    const putting = (async () => {
      for (let at = 0; at < 3_000; at += 100) await stream.put(lines(at, at + 100))
    })()
    await consumers[0]?.stop()
    await expect.poll(() => consumers.map(({ held }) => held.length), patience).toEqual([0, 3, 3])
    await consumers[1]?.stop()
    await putting
    const all = () => [...new Set(consumers.flatMap(({ texts }) => texts))]
    await expect.poll(() => all().length, patience).toBe(3_000)
    expect(numbers(all())).toEqual(upTo(3_000))
    await expect.poll(async () => (await stream.lag('c')).reduce((sum, { records }) => sum + records, 0), patience).toBe(0)
    await consumers[2]?.stop()
  })

  it('count records that retention took before they were settled, and begin at what is left', async () => {
    await using opened = new OpenStreams(brokers)
    const lost: RecordsLost[] = []
    const warnings: string[] = []
    const streams = await opened.open({ onRecordsLost: (event) => lost.push(event), onWarning: (message) => warnings.push(message) })
    const stream = await streams.create('logs', { shardCount: 1, retentionHours: 24 })
    await stream.put(lines(0, 10))
    {
      await using first = new Consumer(stream, 'c', { settles: false })
      await expect.poll(() => first.texts.length, patience).toBe(10)
      await first.held[0]?.checkpoint(4)
    }
    await deleteBefore(brokers, `${opened.topicPrefix}logs`, 8)
    expect((await stream.lag('c'))[0]).toMatchObject({ checkpoint: 8, records: 2, lostRecords: 4 })
    await using again = new Consumer(stream, 'c')
    await expect.poll(() => again.texts, patience).toEqual(['8', '9'])
    await expect.poll(async () => (await stream.lag('c'))[0], patience).toMatchObject({ records: 0, lostRecords: 4 })
    expect(lost).toEqual([{ stream: 'logs', shardId: 'shardId-000000000000', consumer: 'c', records: 4 }])
    expect(warnings[0]).toMatch(/4 records.*"c"/)
  })

  it('go on from the copied checkpoint when Kafka has forgotten the group', async () => {
    await using opened = new OpenStreams(brokers)
    const before = await opened.open()
    const stream = await before.create('logs', { shardCount: 2, retentionHours: 24 })
    await stream.put(lines(0, 100))
    {
      await using first = new Consumer(stream, 'c')
      await expect.poll(() => first.texts.length, patience).toBe(100)
      await expect.poll(async () => (await stream.lag('c')).every(({ records }) => records === 0), patience).toBe(true)
    }
    await before.close()
    await forgetGroups(brokers, opened.topicPrefix)
    const after = await (await opened.open()).get('logs')
    expect((await after.lag('c')).map(({ records }) => records)).toEqual([0, 0])
    await after.put(lines(100, 110))
    await using again = new Consumer(after, 'c')
    await expect.poll(() => numbers(again.texts), patience).toEqual(upTo(110).slice(100))
  })

  it('end when another process deletes the stream', async () => {
    await using opened = new OpenStreams(brokers)
    const here = await opened.open({ registryIntervalMs: 200 })
    const there = await opened.open()
    const stream = await here.create('logs', { shardCount: 1, retentionHours: 24 })
    const consumer = new Consumer(stream, 'c')
    await expect.poll(() => consumer.held.length, patience).toBe(1)
    await there.delete('logs')
    await expect.poll(() => consumer.revoked.length, patience).toBe(1)
    await expect(consumer.stop()).rejects.toThrow(/was deleted/)
    await expect(stream.put(lines(0, 1))).rejects.toThrow(/was deleted/)
  })
})

async function deleteBefore(brokers: readonly string[], topic: string, offset: number): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: `${offset}` }] })
  await admin.disconnect()
}

async function forgetGroups(brokers: readonly string[], prefix: string): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const { groups } = await admin.listGroups()
  await admin.deleteGroups(groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(prefix)))
  await admin.disconnect()
}
