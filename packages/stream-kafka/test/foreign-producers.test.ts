import { Kafka, type Producer, logLevel, CompressionTypes } from 'kafkajs'
import { describeWithService, kafka } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { OpenStreams } from './support/open.ts'

const everything = { recordsMax: 1_000, bytesMax: 1e9 }

async function withProducer(
  brokers: readonly string[],
  work: (producer: Producer) => Promise<unknown>,
  transactionalId?: string,
): Promise<void> {
  const client = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
  const producer = client.producer(transactionalId === undefined ? {} : { transactionalId, maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  await work(producer)
  await producer.disconnect()
}

describeWithService(kafka, 'Records that others write straight to the topic', ({ brokers }) => {
  it('are records, with or without keys and headers, compressed or not', async () => {
    await using opened = new OpenStreams(brokers)
    const stream = await (await opened.open()).create('logs', { shardCount: 1, retentionHours: 24 })
    const topic = `${opened.topicPrefix}logs`
    await withProducer(brokers, async (producer) => {
      await producer.send({ topic, messages: [{ value: 'bare' }, { key: 'k', value: 'with key', headers: { a: '1', b: 'zwei' } }] })
      await producer.send({ topic, compression: CompressionTypes.GZIP, messages: [{ key: '', value: 'gzip' }] })
      await producer.send({
        topic,
        messages: [
          { key: 'tombstone', value: null },
          { key: 'x'.repeat(400), value: 'long key' },
        ],
      })
    })
    const read = async () => (await stream.read('shardId-000000000000', { type: 'TRIM_HORIZON' }, everything)).records
    const records = await read()
    expect(records.map((record) => Buffer.from(record.data).toString())).toEqual(['bare', 'with key', 'gzip', '', 'long key'])
    expect(records[1]).toMatchObject({ partitionKey: 'k', headers: { foreign: { a: '1', b: 'zwei' } }, producerSequence: undefined })
    expect(records[0]?.headers).toEqual({})
    expect(records[4]?.partitionKey).toHaveLength(256)
    const keys = records.map((record) => record.partitionKey)
    expect(new Set(keys).size).toBe(5)
    expect((await read()).map((record) => record.partitionKey)).toEqual(keys)
    // The broker's time, not the one that the producer gave.
    for (const record of records) expect(Math.abs(record.approximateArrivalTimestamp - Date.now())).toBeLessThan(60_000)
  })

  it('are read when their transaction is committed, and never when it was aborted', async () => {
    await using opened = new OpenStreams(brokers)
    const stream = await (await opened.open()).create('logs', { shardCount: 1, retentionHours: 24 })
    const topic = `${opened.topicPrefix}logs`
    const texts = async (): Promise<string[]> => {
      const { records, millisBehindLatest } = await stream.read('shardId-000000000000', { type: 'TRIM_HORIZON' }, everything)
      expect(millisBehindLatest).toBe(0)
      return records.map((record) => Buffer.from(record.data).toString())
    }
    await withProducer(
      brokers,
      async (producer) => {
        const aborted = await producer.transaction()
        await aborted.send({ topic, messages: [{ value: 'aborted' }] })
        await aborted.abort()
        const committed = await producer.transaction()
        await committed.send({ topic, messages: [{ value: 'committed' }] })
        expect(await texts()).toEqual([])
        await committed.commit()
      },
      `${topic}-writer`,
    )
    await stream.put([{ data: Buffer.from('own'), partitionKey: 'k' }])
    await expect.poll(texts).toEqual(['committed', 'own'])
  })
})
