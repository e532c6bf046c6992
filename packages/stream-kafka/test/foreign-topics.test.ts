import { randomUUID } from 'node:crypto'
import type { Stream, StreamRecord } from '@millrace/stream'
import { describeWithService, kafka } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { ForeignTopic } from './support/foreign-topic.ts'

const fromStart = { startingPosition: { type: 'TRIM_HORIZON' }, batchRecordsMax: 1_000, batchBytesMax: 1e6 } as const
const latest = { ...fromStart, startingPosition: { type: 'LATEST' } } as const

/** Takes so many records of a consumer, and settles them. */
async function take(stream: Stream, consumer: string, count: number, options: typeof fromStart | typeof latest = fromStart) {
  const taken: StreamRecord[] = []
  const stop = new AbortController()
  const working: Promise<void>[] = []
  while (taken.length < count) {
    for await (const shard of stream.subscribe(consumer, options, stop.signal)) {
      const work = async (): Promise<void> => {
        for await (const records of shard.batches()) {
          taken.push(...records)
          await shard.checkpoint((records.at(-1) as StreamRecord).position + 1)
          if (taken.length >= count) stop.abort()
        }
      }
      working.push(work())
    }
  }
  await Promise.all(working)
  return taken
}

const texts = (records: readonly StreamRecord[]): string[] => records.map((record) => Buffer.from(record.data).toString())

describeWithService(kafka, 'A topic that is no stream', ({ brokers }) => {
  it('is read with its keys, headers and kinds of time, byte for byte', async () => {
    await using foreign = new ForeignTopic(brokers)
    await foreign.make(1)
    await foreign.send(
      { key: 'k', value: 'text', timestamp: '1700000000000' },
      { key: null, value: 'no key' },
      { key: Buffer.from([0xff, 0x00]), value: null },
      { key: 'h', value: 'x', headers: { a: ['1', 'zwei'], mr: Buffer.from([9, 255]) } },
    )
    const stream = await foreign.topics().open(foreign.topic)
    const { records } = await stream.read('shardId-000000000000', { type: 'TRIM_HORIZON' }, { recordsMax: 10, bytesMax: 1e6 })
    const timestampType = 'CREATE_TIME'
    expect(records.map((record) => record.headers.kafka)).toEqual([
      { timestampType },
      { timestampType, key: null },
      { timestampType, key: '/wA=', nullValue: true },
      {
        timestampType,
        headers: [
          ['a', 'MQ=='],
          ['a', 'endlaQ=='],
          ['mr', 'Cf8='],
        ],
      },
    ])
    expect(records[0]).toMatchObject({ partitionKey: 'k', approximateArrivalTimestamp: 1_700_000_000_000 })
    expect(await stream.put([{ data: Buffer.from('x'), partitionKey: 'k' }])).toMatchObject([{ accepted: false, retryable: false }])
  })

  it("is shared out as a consumer group, whose offsets Kafka's own tools show, and which goes with the consumer", async () => {
    await using foreign = new ForeignTopic(brokers)
    await foreign.make(2)
    await foreign.send({ key: 'a', value: '1', partition: 0 }, { value: '2', partition: 1 }, { value: '3', partition: 1 })
    const stream = await foreign.topics().open(foreign.topic)
    const consumer = randomUUID()
    expect(await stream.lag(consumer)).toMatchObject([{ records: 1 }, { records: 2 }])
    expect(texts(await take(stream, consumer, 3)).toSorted()).toEqual(['1', '2', '3'])
    expect(await stream.lag(consumer)).toMatchObject([
      { records: 0, checkpoint: 1 },
      { records: 0, checkpoint: 2 },
    ])
    const offsets = async () => foreign.withAdmin((admin) => admin.fetchOffsets({ groupId: consumer, topics: [foreign.topic] }))
    const [told] = await offsets()
    expect(told?.partitions.map(({ offset }) => offset).toSorted()).toEqual(['1', '2'])
    await stream.forgetConsumer(consumer)
    expect((await offsets())[0]?.partitions.every(({ offset }) => offset === '-1')).toBe(true)
  })

  it('goes on where a named group stands, and leaves it there', async () => {
    await using foreign = new ForeignTopic(brokers)
    await foreign.make(1)
    await foreign.send({ value: '1' }, { value: '2' }, { value: '3' })
    const groupId = `test-${randomUUID()}`
    await foreign.withAdmin((admin) => admin.setOffsets({ groupId, topic: foreign.topic, partitions: [{ partition: 0, offset: '1' }] }))
    const stream = await foreign.topics().open(foreign.topic, groupId)
    expect(texts(await take(stream, 'consumer', 2))).toEqual(['2', '3'])
    await stream.forgetConsumer('consumer')
    expect(await stream.lag('consumer')).toMatchObject([{ checkpoint: 3, records: 0 }])
    await foreign.withAdmin((admin) => admin.deleteGroups([groupId]))
  })

  it('has the records of partitions that are added while it is subscribed to, from the first on', async () => {
    await using foreign = new ForeignTopic(brokers)
    await foreign.make(1)
    await foreign.send({ value: 'before' })
    const stream = await foreign.topics({ metadataIntervalMs: 50 }).open(foreign.topic)
    const consumer = randomUUID()
    const taking = take(stream, consumer, 1, latest)
    await expect.poll(() => stream.isSubscribed(consumer), { timeout: 10_000 }).toBe(true)
    await foreign.withAdmin((admin) => admin.createPartitions({ topicPartitions: [{ topic: foreign.topic, count: 3 }] }))
    await foreign.send({ value: 'after', partition: 2 })
    expect(texts(await taking)).toEqual(['after'])
    expect(await stream.shards()).toHaveLength(3)
    await stream.forgetConsumer(consumer)
  })

  it('ends for whoever is subscribed when it is deleted, and is another one when it is made again', async () => {
    await using foreign = new ForeignTopic(brokers)
    const topics = foreign.topics({ metadataIntervalMs: 50 })
    await expect(topics.open(foreign.topic)).rejects.toThrow(`has no topic "${foreign.topic}"`)
    await foreign.make(1)
    const stream = await topics.open(foreign.topic)
    const taking = take(stream, randomUUID(), 1)
    const refused = expect(taking).rejects.toThrow(`The Kafka topic "${foreign.topic}" was deleted.`)
    await foreign.withAdmin((admin) => admin.deleteTopics({ topics: [foreign.topic] }))
    await refused
    await expect
      .poll(async () =>
        foreign.make(1).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    expect((await topics.open(foreign.topic)).incarnation).not.toBe(stream.incarnation)
  })

  it('gives the records of transactions that were committed, and goes past what compaction took', async () => {
    await using foreign = new ForeignTopic(brokers)
    await foreign.make(1)
    const producer = foreign.kafka.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    for (const [value, commits] of [['aborted', false] as const, ['committed', true] as const]) {
      const transaction = await producer.transaction()
      await transaction.send({ topic: foreign.topic, messages: [{ value }] })
      await (commits ? transaction.commit() : transaction.abort())
    }
    await producer.disconnect()
    const stream = await foreign.topics().open(foreign.topic)
    const consumer = randomUUID()
    const [record] = await take(stream, consumer, 1)
    expect(record && texts([record])).toEqual(['committed'])
    expect(record?.position).toBe(2)
    await stream.forgetConsumer(consumer)
  })
})
