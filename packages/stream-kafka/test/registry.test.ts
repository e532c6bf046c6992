import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs'
import { InvalidStreamError, NewerVersionError, StreamExistsError } from '@millrace/stream'
import { describeWithService, kafka } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { KafkaConfigurationError, openKafkaStreams } from '../src/index.ts'
import { OpenStreams } from './support/open.ts'

const settings = { shardCount: 2, retentionHours: 24 }

/** As someone who knows nothing of Millrace. */
async function asStranger<Result>(brokers: readonly string[], work: (client: Kafka) => Promise<Result>): Promise<Result> {
  return work(new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }))
}

async function makeTopic(brokers: readonly string[], topic: string, numPartitions: number): Promise<void> {
  await asStranger(brokers, async (client) => {
    const admin = client.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true })
    await admin.disconnect()
  })
}

describeWithService(kafka, 'The registry over a real Kafka', ({ brokers }) => {
  it('has one stream of a name, whichever processes ask for it at once', async () => {
    await using opened = new OpenStreams(brokers)
    const all = await Promise.all([opened.open(), opened.open(), opened.open(), opened.open()])
    const outcomes = await Promise.allSettled(all.map((streams) => streams.create('logs', settings)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StreamExistsError)
    const incarnations = await Promise.all(all.map(async (streams) => (await streams.get('logs')).incarnation))
    expect(new Set(incarnations).size).toBe(1)
  })

  it('makes topics as a stream needs them', async () => {
    await using opened = new OpenStreams(brokers)
    await (await opened.open()).create('logs', { shardCount: 3, retentionHours: 48 })
    const topic = `${opened.topicPrefix}logs`
    const entries = await asStranger(brokers, async (client) => {
      const admin = client.admin()
      await admin.connect()
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
      })
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      await admin.disconnect()
      expect(topics[0]?.partitions).toHaveLength(3)
      return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]))
    })
    expect(entries.get('message.timestamp.type')).toBe('LogAppendTime')
    expect(entries.get('retention.ms')).toBe(`${48 * 3_600_000}`)
    expect(entries.get('cleanup.policy')).toBe('delete')
  })

  it('refuses topics that are not its own, and says which option helps', async () => {
    await using opened = new OpenStreams(brokers)
    const streams = await opened.open()
    await makeTopic(brokers, `${opened.topicPrefix}taken`, 1)
    const creating = streams.create('taken', settings)
    await expect(creating).rejects.toThrow(InvalidStreamError)
    await expect(creating).rejects.toThrow(/"topicPrefix"/)
    expect(await streams.list()).toEqual([])
    const registryTopic = `${opened.topicPrefix}wide`
    await makeTopic(brokers, registryTopic, 3)
    await expect(opened.open({ registryTopic })).rejects.toThrow(/3 partitions.*"registryTopic"/)
    const plain = `${opened.topicPrefix}plain`
    await makeTopic(brokers, plain, 1)
    await expect(opened.open({ registryTopic: plain })).rejects.toThrow(/cleanup\.policy=delete.*"registryTopic"/)
    await expect((await opened.open({ deadLettersTopic: plain })).deadLetters.count()).rejects.toThrow(/"deadLettersTopic"/)
    await expect(opened.open({ replicationFactor: 3, registryTopic: `${opened.topicPrefix}more` })).rejects.toThrow(/"replicationFactor"/)
    await expect(streams.create('more', settings)).resolves.toBeDefined()
  })

  it('refuses a registry that a newer Millrace wrote', async () => {
    await using opened = new OpenStreams(brokers)
    await (await opened.open()).create('logs', settings)
    await asStranger(brokers, async (client) => {
      const producer = client.producer()
      await producer.connect()
      const value = JSON.stringify({ version: 99, state: 'ready', name: 'new', incarnation: 'x' })
      await producer.send({ topic: `${opened.topicPrefix}millrace.registry`, messages: [{ key: 'new/x', value }] })
      await producer.disconnect()
    })
    await expect(opened.open()).rejects.toThrow(NewerVersionError)
  })

  it('says which option to look at when no Kafka answers', async () => {
    const opening = openKafkaStreams({ brokers: ['127.0.0.1:1'] })
    await expect(opening).rejects.toThrow(KafkaConfigurationError)
    await expect(opening).rejects.toThrow(/127\.0\.0\.1:1.*"brokers"/)
    await expect(openKafkaStreams({ brokers, ssl: true, connectionTimeoutMs: 1_000 })).rejects.toThrow(/"ssl"/)
  })
})
