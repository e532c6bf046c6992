import type { PutRecord } from '@millrace/stream'
import { describeWithPrivate, kafka } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { OpenStreams } from './support/open.ts'
import { Consumer } from './support/subscriber.ts'

const patience = { timeout: 60_000, interval: 50 }

/** Lines of a producer whose every line has a number, so that one that is sent twice is the same one. */
const lines = (from: number, count: number): PutRecord[] =>
  Array.from({ length: count }, (_, index) => ({ data: Buffer.from(`${from + index}`), partitionKey: `k${index % 7}` }))

describeWithPrivate(kafka, 'A Kafka that is killed and comes back', (service) => {
  it('loses and doubles nothing that was accepted, and its subscribers go on', async () => {
    await using instance = await service.startPrivate()
    await using opened = new OpenStreams(instance.address.brokers)
    const streams = await opened.open({ retryTimeoutMs: 60_000 })
    const stream = await streams.create('logs', { shardCount: 3, retentionHours: 24 })
    await using consumer = new Consumer(stream, 'c')
    await expect.poll(() => consumer.held.length, patience).toBe(3)
    const accepted: string[] = []
    const stop = new AbortController()
    const putting = (async () => {
      for (let at = 0; !stop.signal.aborted; at += 50) {
        const records = lines(at, 50)
        for (const [index, result] of (await stream.put(records)).entries()) if (result.accepted) accepted.push(`${at + index}`)
      }
    })()
    await expect.poll(() => consumer.texts.length, patience).toBeGreaterThan(1_000)
    await instance.kill()
    const before = accepted.length
    await instance.start()
    await expect.poll(() => accepted.length, patience).toBeGreaterThan(before + 1_000)
    stop.abort()
    await putting
    await expect.poll(() => new Set(consumer.texts).size, patience).toBe(accepted.length)
    expect(new Set(accepted).size).toBe(accepted.length)
    const stored: string[] = []
    for (const { shardId } of await stream.shards()) {
      const { records } = await stream.read(shardId, { type: 'TRIM_HORIZON' }, { recordsMax: 1e6, bytesMax: 1e9 })
      stored.push(...records.map((record) => Buffer.from(record.data).toString()))
    }
    // Each batch was sent until it was answered, and is there once.
    expect(stored.length).toBe(accepted.length)
    await expect.poll(async () => (await stream.lag('c')).map(({ records }) => records), patience).toEqual([0, 0, 0])
  })
})
