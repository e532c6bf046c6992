import { hashKeyEnd, InvalidReshardError, type Shard, shardIdOf, type Stream } from '@millrace/stream'
import { describeWithService, kafka } from '@millrace/testing/services'
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs'
import { expect, it } from 'vitest'
import { Child } from './support/child.ts'
import { OpenStreams } from './support/open.ts'
import { acceptedCounts, numbered, storedByKey } from './support/stored.ts'
import { Consumer } from './support/subscriber.ts'

const putting = new URL('./processes/put.ts', import.meta.url)
const splitting = new URL('./processes/split.ts', import.meta.url)
const patience = { timeout: 30_000, interval: 20 }
const middle = hashKeyEnd / 2n

const open = (shards: readonly Shard[]): Shard[] => shards.filter(({ endingPosition }) => endingPosition === undefined)
const total = (child: Child): number => [...acceptedCounts(child.lines).values()].reduce((sum, count) => sum + count, 0)

/** Everything that the process was told to be accepted is there, once, in order, and before whatever it put afterwards. */
async function expectInOrder(stream: Stream, child: Child): Promise<void> {
  const stored = await storedByKey(stream)
  for (const [key, count] of acceptedCounts(child.lines)) {
    const texts = stored.get(key) ?? []
    expect(texts.length).toBeGreaterThanOrEqual(count)
    expect(texts).toEqual(numbered(key, texts.length))
  }
}

describeWithService(kafka, 'Resharding over a real Kafka', ({ brokers }) => {
  it('loses nothing of a process that stands still through a split', async () => {
    await using opened = new OpenStreams(brokers)
    const streams = await opened.open()
    const stream = await streams.create('logs', { shardCount: 1, retentionHours: 24 })
    await using consumer = new Consumer(stream, 'c')
    await using writer = new Child(putting, [brokers.join(','), opened.topicPrefix, 'w'])
    await expect.poll(() => total(writer), patience).toBeGreaterThan(500)
    writer.signal('SIGSTOP')
    await streams.split('logs', shardIdOf(0), middle)
    await stream.put([{ data: Buffer.from('while it stood still'), partitionKey: 'other' }])
    const before = total(writer)
    writer.signal('SIGCONT')
    await expect.poll(() => total(writer), patience).toBeGreaterThan(before + 500)
    await writer.kill()
    await expectInOrder(stream, writer)
    const stored = [...(await storedByKey(stream)).values()].flat()
    await expect.poll(() => consumer.texts.length, patience).toBe(stored.length)
    expect(new Set(consumer.texts).size).toBe(stored.length)
  })

  it('forwards what is put by an old map, and keeps the order of who put it', async () => {
    await using opened = new OpenStreams(brokers)
    const streams = await opened.open({ registryIntervalMs: 500 })
    const stream = await streams.create('logs', { shardCount: 1, retentionHours: 24 })
    await using consumer = new Consumer(stream, 'c')
    // It takes a minute for its lease: it learns of the split only when it looks at the registry in its turn.
    await using writer = new Child(putting, [brokers.join(','), opened.topicPrefix, 'w', '60000'])
    await expect.poll(() => total(writer), patience).toBeGreaterThan(500)
    await streams.split('logs', shardIdOf(0), middle)
    const [parent] = (await stream.shards()) as [Shard]
    await expect
      .poll(async () => (await storedByKey(stream)).get('w-0')?.length ?? 0, patience)
      .toBeGreaterThan((acceptedCounts(writer.lines).get('w-0') ?? 0) + 200)
    await writer.kill()
    const topic = `${opened.topicPrefix}logs`
    const late = (await tipOf(brokers, topic)) - (parent.endingPosition ?? 0) - 1
    expect(late).toBeGreaterThan(0)
    const accepted = [...acceptedCounts(writer.lines).values()].reduce((sum, count) => sum + count, 0)
    const all = async (): Promise<string[]> => [...(await storedByKey(stream)).values()].flat()
    await expect.poll(async () => (await all()).length, patience).toBeGreaterThanOrEqual(accepted)
    await expectInOrder(stream, writer)
    await expect.poll(() => consumer.texts.length, patience).toBe((await all()).length)
  })

  it('is finished by another process when the one that began is killed', async () => {
    await using opened = new OpenStreams(brokers)
    const streams = await opened.open({ registryIntervalMs: 300 })
    const stream = await streams.create('logs', { shardCount: 1, retentionHours: 24 })
    await using writer = new Child(putting, [brokers.join(','), opened.topicPrefix, 'w'])
    await expect.poll(() => total(writer), patience).toBeGreaterThan(100)
    await using victim = new Child(splitting, [brokers.join(','), opened.topicPrefix])
    await expect.poll(async () => (await streams.describe('logs')).status, patience).toBe('UPDATING')
    await victim.kill()
    expect(victim.lines).toEqual(['splitting'])
    await expect.poll(async () => (await streams.describe('logs')).status, patience).toBe('ACTIVE')
    expect(open(await stream.shards()).map(({ index }) => index)).toEqual([1, 2])
    const before = total(writer)
    await expect.poll(() => total(writer), patience).toBeGreaterThan(before + 500)
    await writer.kill()
    await expectInOrder(stream, writer)
  })

  it('is done by one of several processes that ask for it at once', async () => {
    await using opened = new OpenStreams(brokers)
    const all = await Promise.all([opened.open(), opened.open(), opened.open()])
    const stream = await all[0].create('logs', { shardCount: 1, retentionHours: 24 })
    const outcomes = await Promise.allSettled(all.map((streams) => streams.split('logs', shardIdOf(0), middle)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect.poll(async () => open(await stream.shards()).map(({ index }) => index), patience).toEqual([1, 2])
  })

  it('is refused for a stream that other programs write to, with a word on what to do', async () => {
    await using opened = new OpenStreams(brokers)
    const streams = await opened.open()
    const stream = await streams.create('logs', { shardCount: 1, retentionHours: 24 })
    await stream.put([{ data: Buffer.from('own'), partitionKey: 'k' }])
    const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer()
    await producer.connect()
    await producer.send({ topic: `${opened.topicPrefix}logs`, messages: [{ key: 'k', value: "another's" }] })
    await producer.disconnect()
    await stream.put([{ data: Buffer.from('own'), partitionKey: 'k' }])
    const splittingIt = streams.split('logs', shardIdOf(0), middle)
    await expect(splittingIt).rejects.toThrow(InvalidReshardError)
    await expect(splittingIt).rejects.toThrow(/write to its topic ".*logs" directly/)
    expect(await streams.describe('logs')).toMatchObject({ status: 'ACTIVE', shardCount: 1 })
  })

  it('sets the retention of the topic, and leaves its other settings', async () => {
    await using opened = new OpenStreams(brokers)
    const streams = await opened.open()
    await streams.create('logs', { shardCount: 1, retentionHours: 24 })
    await streams.setRetention('logs', 30)
    const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: `${opened.topicPrefix}logs` }],
    })
    await admin.disconnect()
    const settings = new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]))
    expect(settings.get('retention.ms')).toBe(`${30 * 3_600_000}`)
    expect(settings.get('message.timestamp.type')).toBe('LogAppendTime')
    expect((await (await opened.open()).describe('logs')).retentionHours).toBe(30)
  })
})

async function tipOf(brokers: readonly string[], topic: string): Promise<number> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return Number(offsets.find(({ partition }) => partition === 0)?.offset)
}
