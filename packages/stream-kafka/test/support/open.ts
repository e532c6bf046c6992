import { randomUUID } from 'node:crypto'
import { type KafkaStreams, type KafkaStreamsOptions, openKafkaStreams } from '../../src/index.ts'
import { removeTopics } from './remove-topics.ts'

/** Streams under a prefix of their own, in as many processes as a test pretends to be. What they leave goes with the block. */
export class OpenStreams implements AsyncDisposable {
  readonly brokers: readonly string[]
  readonly topicPrefix: string = `test-${randomUUID().slice(0, 8)}-`
  readonly #opened: KafkaStreams[] = []

  constructor(brokers: readonly string[]) {
    this.brokers = brokers
  }

  get options(): KafkaStreamsOptions {
    const { brokers, topicPrefix } = this
    return { brokers, topicPrefix, heartbeatIntervalMs: 100, sessionTimeoutMs: 6_000, fetchWaitMsMax: 100, shardMapLeaseMs: 300 }
  }

  async open(options: Partial<KafkaStreamsOptions> = {}): Promise<KafkaStreams> {
    const streams = await openKafkaStreams({ ...this.options, ...options })
    this.#opened.push(streams)
    return streams
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((streams) => streams.close()))
    await removeTopics(this.brokers, this.topicPrefix).catch(() => {})
  }
}
