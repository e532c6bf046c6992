import { type DestinationRecord } from '@millrace/function'
import { describeWithService, kafka } from '@millrace/testing/services'
import { Kafka, logLevel } from 'kafkajs'
import { expect, it } from 'vitest'
import { OpenStreams } from './support/open.ts'

const never = new AbortController().signal

function recordOf(key: string, n: number, payload = ''): DestinationRecord {
  return {
    key,
    folder: 'f',
    timestamp: 0,
    json: () => JSON.stringify({ n }),
    jsonWithPayload: () => JSON.stringify({ n, payload }),
  }
}

/** What a stranger's consumer finds in the topic, once there is as much as that. */
async function consumed(brokers: readonly string[], topic: string, count: number) {
  const consumer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).consumer({ groupId: `${topic}-reader` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const found: { key: string; partition: number; value: { n: number; payload?: string } }[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      found.push({ key: String(message.key), partition, value: JSON.parse(String(message.value)) })
      if (found.length === count) resolve()
    },
  })
  await promise
  await consumer.disconnect()
  return found
}

async function makeTopic(brokers: readonly string[], topic: string, configEntries: { name: string; value: string }[] = []): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 4, configEntries }], waitForLeaders: true })
  await admin.disconnect()
}

describeWithService(kafka, 'a Kafka topic as a destination', ({ brokers }) => {
  it('gets records with their payload, those of one key in order in one partition', async () => {
    await using opened = new OpenStreams(brokers)
    const topic = `${opened.topicPrefix}failed`
    await makeTopic(brokers, topic)
    // Of the codecs the stranger's client knows this one by itself.
    const writer = (await opened.open({ compression: 'gzip' })).topicDestination(topic)
    for (let n = 0; n < 20; n++) await writer.deliver(recordOf(`shard-${n % 5}`, n, 'all of it'), never)
    const found = await consumed(brokers, topic, 20)
    for (let key = 0; key < 5; key++) {
      const own = found.filter((message) => message.key === `shard-${key}`)
      expect(own.map(({ value }) => value)).toEqual([0, 5, 10, 15].map((n) => ({ n: n + key, payload: 'all of it' })))
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1)
    }
    expect(new Set(found.map(({ partition }) => partition)).size).toBeGreaterThan(1)
  })

  it('gets a record without its payload where that is too large for the topic', async () => {
    await using opened = new OpenStreams(brokers)
    const topic = `${opened.topicPrefix}small`
    await makeTopic(brokers, topic, [{ name: 'max.message.bytes', value: '1000' }])
    const writer = (await opened.open({ compression: 'none' })).topicDestination(topic)
    await writer.deliver(recordOf('k', 1, 'x'.repeat(5_000)), never)
    expect(await consumed(brokers, topic, 1)).toMatchObject([{ value: { n: 1 } }])
    const tooLarge = { ...recordOf('k', 1), json: () => 'x'.repeat(5_000), jsonWithPayload: () => 'x'.repeat(5_000) }
    await expect(writer.deliver(tooLarge, never)).rejects.toMatchObject({
      name: 'DestinationError',
      retryable: false,
      message: expect.stringContaining('Raise max.message.bytes of the topic'),
    })
  })

  it('that is not there may be there later, and is none of the tables of Millrace', async () => {
    await using opened = new OpenStreams(brokers)
    const streams = await opened.open()
    const delivered = streams.topicDestination(`${opened.topicPrefix}missing`).deliver(recordOf('k', 1), never)
    await expect(delivered).rejects.toMatchObject({ retryable: true, message: expect.stringContaining('Create the topic.') })
    expect(() => streams.topicDestination(`${opened.topicPrefix}millrace.registry`)).toThrow(
      'Millrace keeps a table of its own in that topic',
    )
  })
})
