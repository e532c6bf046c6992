import { DestinationError, type DestinationRecord, type DestinationWriter } from '@millrace/function'
import { type PutRefused, StreamError } from '@millrace/stream'
import type { KafkaClient } from '../client/kafka-client.ts'
import { errorType } from '../put/put-refusal.ts'
import type { RecordWriter } from '../put/record-writer.ts'
import { crc32c } from '../wire/crc32c.ts'
import { TopicSlice } from './topic-slice.ts'

/**
 * Writes records of invocations to a topic of the cluster, which has to be there: with their payload, as Lambda does, or without it where the topic
 * takes no message of that size. Records of one key go to one partition.
 */
export class TopicDestination implements DestinationWriter {
  readonly #client: KafkaClient
  readonly #writer: RecordWriter
  readonly #topic: string

  constructor(client: KafkaClient, writer: RecordWriter, topic: string) {
    this.#client = client
    this.#writer = writer
    this.#topic = topic
  }

  async deliver(record: DestinationRecord, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const partition = await this.#partitionOf(record.key)
    const refusal = await this.#put(partition, record, record.jsonWithPayload(), signal)
    if (refusal === undefined) return
    if (refusal.reason !== 'invalid-record') throw this.#error(refusal.message, refusal.retryable)
    const smaller = await this.#put(partition, record, record.json(), signal)
    if (smaller !== undefined) throw this.#error(smaller.message, smaller.retryable)
  }

  async #partitionOf(key: string): Promise<number> {
    try {
      const { length } = await this.#client.leaders(this.#topic)
      return crc32c(Buffer.from(key)) % length
    } catch (error) {
      const advice = errorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION' ? ' Create the topic.' : ''
      const retryable = !(error instanceof StreamError) || error.retryable
      throw this.#error((error instanceof Error ? error.message : String(error)) + advice, retryable, error)
    }
  }

  #put(partition: number, record: DestinationRecord, json: string, signal: AbortSignal): Promise<PutRefused | undefined> {
    const headers = record.attributes === undefined ? {} : { headers: { foreign: record.attributes } }
    const slice = new TopicSlice(this.#topic, partition, { partitionKey: record.key, data: Buffer.from(json), ...headers }, signal)
    this.#writer.put([slice])
    return slice.settled
  }

  #error(problem: string, retryable: boolean, cause?: unknown): DestinationError {
    return new DestinationError(`The Kafka topic "${this.#topic}" did not take a record of an invocation: ${problem}`, retryable, { cause })
  }
}
