import { createHash } from 'node:crypto'
import { type KafkaSource, type Stream, StreamClosedError } from '@millrace/stream'
import { KafkaClient } from '../client/kafka-client.ts'
import { errorOfCode, KafkaConfigurationError } from '../client/kafka-error.ts'
import { describeCode } from '../client/kafkajs-internals.ts'
import { KafkaNodes } from '../client/kafka-nodes.ts'
import type { ReadingContext } from '../kafka-context.ts'
import type { KafkaStreamsOptions } from '../kafka-streams-options.ts'
import { resolveOptions } from '../resolve-options.ts'
import { GroupOffsets } from '../subscribe/group-offsets.ts'
import { type TopicId, topicIdRequest } from '../wire/topic-id.ts'
import { TopicNotFoundError } from './topic-errors.ts'
import { TopicStream } from './topic-stream.ts'

export interface KafkaTopicsOptions
  extends Pick<
    KafkaStreamsOptions,
    | 'brokers'
    | 'clientId'
    | 'ssl'
    | 'sasl'
    | 'sessionTimeoutMs'
    | 'heartbeatIntervalMs'
    | 'connectionTimeoutMs'
    | 'requestTimeoutMs'
    | 'retryTimeoutMs'
    | 'readAheadBytesMax'
    | 'fetchWaitMsMax'
    | 'clock'
    | 'random'
    | 'onRecordsLost'
    | 'onWarning'
  > {
  /** How often it is looked whether a topic that is subscribed to has more partitions, or is gone. 10 s. */
  readonly metadataIntervalMs?: number
}

/** What a topic is at present. */
export interface TopicState {
  readonly incarnation: string
  readonly partitions: number
}

/**
 * Topics of a Kafka that Millrace only reads from: nothing is made there, and nothing written but the committed offsets of consumer groups. Connections are
 * made when a topic is opened. Throws `KafkaConfigurationError` for options that cannot be.
 */
export class KafkaTopics {
  readonly #context: Omit<ReadingContext, 'refreshRegistry'>
  readonly #nodes: KafkaNodes
  readonly #bootstrapServers: string
  readonly #metadataIntervalMs: number
  /** By topic and group: a stream knows who is subscribed through it. */
  readonly #open = new Map<string, Promise<TopicStream>>()
  #closed = false

  constructor({ metadataIntervalMs = 10_000, ...options }: KafkaTopicsOptions) {
    const resolved = resolveOptions(options)
    const { clock, random, retryTimeoutMs: totalMs } = resolved
    this.#nodes = new KafkaNodes(resolved)
    this.#bootstrapServers = resolved.brokers.join(',')
    this.#metadataIntervalMs = metadataIntervalMs
    const client = new KafkaClient(this.#nodes, resolved.requestTimeoutMs)
    this.#context = {
      options: resolved,
      client,
      retry: { clock, random, totalMs },
      offsets: new GroupOffsets(client),
      // The Kafka is somebody else's: what it has forgotten is forgotten.
      mirror: { note: () => {}, read: async () => new Map(), place: async () => {} },
      newNodes: () => this.#nodes.sibling(),
    }
  }

  /**
   * The topic as a stream. Subscribers of all processes share it out as the consumer group `groupId`; where there is none, as one called like the consumer.
   * Throws `StreamNotFoundError` where there is no such topic, `KafkaError` where Kafka cannot be asked.
   */
  async open(topic: string, groupId?: string): Promise<Stream> {
    if (this.#closed) throw new StreamClosedError()
    const key = JSON.stringify([topic, groupId])
    const known = this.#open.get(key)
    if (known !== undefined) return known
    const forget = (): void => void this.#open.delete(key)
    const opening = this.#openAnew(topic, groupId, forget)
    this.#open.set(key, opening)
    opening.catch(forget)
    return opening
  }

  /** Ends all subscriptions, and closes the connections. */
  async close(): Promise<void> {
    this.#closed = true
    const opened = await Promise.allSettled(this.#open.values())
    await Promise.all(opened.map(async (each) => each.status === 'fulfilled' && each.value.end(new StreamClosedError())))
    await this.#nodes.close()
  }

  async #openAnew(topic: string, groupId: string | undefined, onEnded: () => void): Promise<TopicStream> {
    const source: KafkaSource = { topic, bootstrapServers: this.#bootstrapServers }
    const look = (): Promise<TopicState | undefined> => this.#look(topic)
    const state = await look()
    if (state === undefined) throw new TopicNotFoundError(topic, this.#bootstrapServers)
    const intervalMs = this.#metadataIntervalMs
    return new TopicStream({ context: this.#context, source, groupId, state, look, lookIntervalMs: intervalMs, onEnded })
  }

  /** Undefined where there is no such topic. Not tried again: whoever asks knows better how long that makes sense. */
  async #look(topic: string): Promise<TopicState | undefined> {
    const partitions = await this.#context.client.partitionCount(topic)
    if (partitions === undefined) return undefined
    const incarnation = await this.#incarnation(topic)
    return incarnation === undefined ? undefined : { incarnation, partitions }
  }

  /** Kafka's id of the topic; before Kafka 2.8, which has none, what follows from the names. */
  async #incarnation(topic: string): Promise<string | undefined> {
    const byName = createHash('sha256').update(`${this.#bootstrapServers}\n${topic}`).digest('hex').slice(0, 32)
    if (!this.#nodes.knowsTopicIds()) return byName
    const { errorCode, topicId } = await this.#nodes.sendRequest<TopicId>('any', topicIdRequest(topic))
    if (errorCode === 0) return topicId
    if (describeCode(errorCode).type === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined
    const error = errorOfCode(errorCode, `Looking up topic "${topic}"`)
    if (error.retryable) throw error
    throw new KafkaConfigurationError(error.message, ['sasl'], { cause: error })
  }
}
