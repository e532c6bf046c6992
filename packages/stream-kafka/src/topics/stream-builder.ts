import {
  type Clock,
  InvalidStreamError,
  shardIdOf,
  splitHashKeys,
  StorageError,
  StreamExistsError,
  type StreamSettings,
} from '@millrace/stream'
import type { KafkaClient } from '../client/kafka-client.ts'
import { KafkaError } from '../client/kafka-error.ts'
import { pause, type RetryPolicy, retrying } from '../client/retry.ts'
import type { StreamLayout } from './stream-layout.ts'
import type { StreamTable } from './stream-table.ts'
import { untilLed } from './until-led.ts'

export interface StreamBuilderOptions {
  readonly client: KafkaClient
  readonly table: StreamTable
  readonly clock: Clock
  readonly retry: RetryPolicy
  readonly replicationFactor: number | undefined
  readonly topicOf: (streamName: string) => string
  /** Removes what consumers whose groups begin so have left. */
  readonly forgetConsumers: (groupPrefix: string) => Promise<void>
}

/** A creation or deletion that was begun so long ago has lost its process. */
const abandonedAfterMs = 30_000
const lookAgainMs = 200

/** Of one record, with its key and what Kafka adds: a little more than the largest record of a stream. */
const batchBytesMax = 11 * 1024 * 1024
const hourMs = 3_600_000

/** Makes streams and takes them away, so that a process which dies in the middle leaves nothing that cannot be finished or begun again. */
export class StreamBuilder {
  readonly #options: StreamBuilderOptions

  constructor(options: StreamBuilderOptions) {
    this.#options = options
  }

  /** Throws `StreamExistsError`; `InvalidStreamError` where a topic of the stream's name is there that is not Millrace's. */
  async create(name: string, incarnation: string, settings: StreamSettings): Promise<void> {
    const { table, clock } = this.#options
    const abandoned = await this.#untilUnclaimed(name)
    const createdTimestamp = clock.now()
    const layout: StreamLayout = {
      state: 'creating',
      description: { name, incarnation, createdTimestamp, ...pick(settings) },
      epoch: 0,
      shards: splitHashKeys(settings.shardCount).map((range, index) => ({
        shardId: shardIdOf(index),
        index,
        partition: index,
        ...range,
        createdTimestamp,
      })),
    }
    await table.put(layout)
    let made = false
    try {
      const first = table.named(name).find((other) => other.state !== 'deleting' && !this.isAbandoned(other))
      if (first?.description.incarnation !== incarnation) throw new StreamExistsError(name)
      for (const other of abandoned) await this.#remove(other)
      await this.#makeTopic(layout)
      made = true
      await untilLed(this.#options.client, this.#options.retry, this.#options.topicOf(name), settings.shardCount)
      await table.put({ ...layout, state: 'ready' })
    } catch (error) {
      await (made ? this.#remove(layout) : table.remove(layout)).catch(() => {})
      throw error
    }
  }

  /** `gone` is called when the stream is no one's any more, before its records go. */
  async delete(layout: StreamLayout, groupPrefix: string, gone: () => Promise<void>): Promise<void> {
    const { table, forgetConsumers } = this.#options
    const { description } = layout
    // The time of the deletion stands in place of the creation's: what is abandoned is told by it.
    const { update: _, ...rest } = layout
    const deleting = { ...rest, state: 'deleting' as const, description: { ...description, createdTimestamp: this.#options.clock.now() } }
    await table.put(deleting)
    await gone()
    await forgetConsumers(groupPrefix)
    await this.#remove(deleting)
  }

  /** Waits for a deletion that is under way. Answers what was left behind by processes that are gone. */
  async #untilUnclaimed(name: string): Promise<readonly StreamLayout[]> {
    const { table, clock } = this.#options
    for (;;) {
      const others = table.named(name)
      if (others.some(({ state }) => state === 'ready')) throw new StreamExistsError(name)
      const busy = others.filter((other) => !this.isAbandoned(other))
      if (busy.some(({ state }) => state === 'creating')) throw new StreamExistsError(name)
      if (busy.length === 0) return others
      await pause(clock, lookAgainMs)
      await table.refresh()
    }
  }

  /** Whether whoever was creating or deleting it has gone. */
  isAbandoned({ state, description }: StreamLayout): boolean {
    return state !== 'ready' && this.#options.clock.now() - description.createdTimestamp > abandonedAfterMs
  }

  async #remove(layout: StreamLayout): Promise<void> {
    const { client, table, retry, topicOf } = this.#options
    const topic = topicOf(layout.description.name)
    await retrying(retry, () => client.deleteTopic(topic))
    await retrying(retry, async () => {
      if ((await client.partitionCount(topic)) !== undefined) throw new StorageError(`The topic "${topic}" is still being deleted.`)
    })
    await table.remove(layout)
  }

  async #makeTopic({ description: { name, shardCount, retentionHours } }: StreamLayout): Promise<void> {
    const { client, retry, replicationFactor, topicOf } = this.#options
    const topic = topicOf(name)
    const config = {
      'cleanup.policy': 'delete',
      'message.timestamp.type': 'LogAppendTime',
      'retention.ms': `${retentionHours * hourMs}`,
      'max.message.bytes': `${batchBytesMax}`,
    }
    let unanswered = false
    try {
      await retrying(retry, () =>
        client.createTopic({ topic, partitions: shardCount, replicationFactor, config }).catch((error: unknown) => {
          unanswered ||= error instanceof KafkaError && error.type === 'UNREACHABLE'
          throw error
        }),
      )
    } catch (error) {
      // An attempt that got no answer has made it.
      const own = unanswered && error instanceof KafkaError && error.type === 'TOPIC_ALREADY_EXISTS'
      if (!own) throw unusable(error, name, topic)
    }
  }
}

function pick({ shardCount, retentionHours }: StreamSettings): StreamSettings {
  return { shardCount, retentionHours }
}

function unusable(error: unknown, name: string, topic: string): unknown {
  if (!(error instanceof KafkaError) || error.retryable) return error
  if (error.type === 'TOPIC_ALREADY_EXISTS') {
    return new InvalidStreamError(
      `The stream "${name}" cannot be made: Kafka has a topic "${topic}" already, which is not a stream of Millrace. Choose another name, or set the option "topicPrefix".`,
      { cause: error },
    )
  }
  const hint = error.type === 'INVALID_REPLICATION_FACTOR' ? ' Check the option "replicationFactor".' : ''
  return new InvalidStreamError(`The stream "${name}" cannot be made. ${error.message}${hint}`, { cause: error })
}
