import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, type Message } from 'kafkajs'
import { KafkaTopics, type KafkaTopicsOptions } from '../../src/index.ts'
import { removeTopics } from './remove-topics.ts'

/** A topic that other programs write to, made and written by their means. It goes with the block. */
export class ForeignTopic implements AsyncDisposable {
  readonly brokers: readonly string[]
  readonly topic: string = `test-${randomUUID().slice(0, 8)}`
  readonly kafka: Kafka
  readonly #opened: KafkaTopics[] = []

  constructor(brokers: readonly string[]) {
    this.brokers = brokers
    this.kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
  }

  async make(numPartitions: number): Promise<void> {
    const admin = this.kafka.admin()
    await admin.connect()
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: this.topic, numPartitions }] })
    await admin.disconnect()
  }

  async withAdmin<Result>(work: (admin: ReturnType<Kafka['admin']>) => Promise<Result>): Promise<Result> {
    const admin = this.kafka.admin()
    await admin.connect()
    try {
      return await work(admin)
    } finally {
      await admin.disconnect()
    }
  }

  async send(...messages: Message[]): Promise<void> {
    const producer = this.kafka.producer()
    await producer.connect()
    await producer.send({ topic: this.topic, messages })
    await producer.disconnect()
  }

  topics(options: Partial<KafkaTopicsOptions> = {}): KafkaTopics {
    const { brokers } = this
    const topics = new KafkaTopics({ brokers, heartbeatIntervalMs: 100, sessionTimeoutMs: 6_000, fetchWaitMsMax: 100, ...options })
    this.#opened.push(topics)
    return topics
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((topics) => topics.close()))
    await removeTopics(this.brokers, this.topic).catch(() => {})
  }
}
