import { expect } from 'vitest'
import { accept, onlyShard, pull, put, puts, readAll, readStream, Subscriber, texts } from './helpers.ts'
import { type Promises, streamOf } from './promises.ts'
import type { StreamSubject } from './subject.ts'

const hourMs = 3_600_000

async function pass(subject: StreamSubject, hours: number): Promise<void> {
  await subject.advance?.(hours * hourMs)
  await subject.enforceRetention?.()
}

/** On subjects whose clock is manual. */
export const retentionPromises: Promises = {
  async 'removes what is older than the retention, and only that'(subject) {
    const stream = await streamOf(subject)
    const shardId = await onlyShard(stream)
    const old = await accept(stream, puts(3, 'old'))
    await pass(subject, 20)
    await accept(stream, puts(2, 'new'))
    await pass(subject, 3)
    expect(await readStream(stream)).toHaveLength(5)
    await pass(subject, 2)
    expect(texts(await readStream(stream))).toEqual(['new0', 'new1'])
    const from = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: old[0]?.sequenceNumber ?? '' } as const
    expect(texts(await readAll(stream, shardId, from))).toEqual(['new0', 'new1'])
  },

  async 'goes on with its positions when everything was removed'(subject) {
    const stream = await streamOf(subject)
    const [, last] = await accept(stream, puts(2))
    await pass(subject, 25)
    expect(await readStream(stream)).toEqual([])
    const [next] = await accept(stream, [put('next')])
    expect(next?.position).toBeGreaterThan(last?.position ?? Number.POSITIVE_INFINITY)
  },

  async 'counts what it took from a consumer that was away'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(10, 'old'))
    {
      await using subscriber = new Subscriber(stream, 'c')
      const puller = await pull(subscriber)
      await puller.settle((await puller.take(10)).slice(0, 4))
    }
    await pass(subject, 12)
    await accept(stream, puts(2, 'new'))
    await pass(subject, 13)
    expect((await stream.lag('c'))[0]).toMatchObject({ lostRecords: 6, records: 2 })
    await using again = new Subscriber(stream, 'c')
    const puller = await pull(again)
    const records = await puller.take(2)
    expect(texts(records)).toEqual(['new0', 'new1'])
    expect((await stream.lag('c'))[0]?.lostRecords).toBe(6)
    await puller.settle(records)
    expect((await stream.lag('c'))[0]).toMatchObject({ lostRecords: 6, records: 0 })
  },

  async 'counts nothing as lost that was settled, or that was before a consumer began'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, puts(5))
    {
      await using subscriber = new Subscriber(stream, 'c')
      const puller = await pull(subscriber)
      await puller.settle(await puller.take(5))
    }
    await pass(subject, 25)
    expect((await stream.lag('c'))[0]).toMatchObject({ lostRecords: 0, records: 0 })
    await using late = new Subscriber(stream, 'late')
    await late.holds(1)
    expect((await stream.lag('late'))[0]).toMatchObject({ lostRecords: 0, records: 0 })
  },
}
