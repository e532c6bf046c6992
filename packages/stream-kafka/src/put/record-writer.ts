import { type Clock, type PutRefused, StreamError } from '@millrace/stream'
import type { KafkaClient } from '../client/kafka-client.ts'
import { errorOfCode } from '../client/kafka-error.ts'
import { backoffMs } from '../client/retry.ts'
import type { Compression } from '../wire/compression.ts'
import type { ProducedPartition } from '../wire/produce.ts'
import { PartitionWriter, type Shipment } from './partition-writer.ts'
import { errorType, refusalOf, storageFullTypes } from './put-refusal.ts'
import type { PutSlice } from './put-slice.ts'

export interface RecordWriterOptions {
  readonly client: KafkaClient
  readonly clock: Clock
  readonly random: () => number
  readonly compression: Compression
  /** Of the records in one batch, before they are compressed; a slice that is larger goes alone. */
  readonly batchBytesMax: number
  /** How long a batch is tried before it is refused. */
  readonly putTimeoutMs: number
  /** A topic is not there: its stream may have been deleted. */
  readonly onUnknownTopic: () => void
}

interface Sending {
  readonly writer: PartitionWriter
  readonly shipment: Shipment
}

/** Errors after which the session's numbers are of no use; the batch was not written. */
const sessionErrors = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
])

/** Errors that leave open whether the batch was written. */
const uncertainTypes = new Set(['REQUEST_TIMED_OUT', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'UNKNOWN'])

/**
 * Writes to the topics. To each broker one request is under way at a time, with a batch for each of its partitions that have something; while it is
 * under way, what comes waits and goes together into the next one.
 */
export class RecordWriter {
  readonly #options: RecordWriterOptions
  readonly #writers = new Map<string, PartitionWriter>()
  /** Writers that have something, sent or not. */
  readonly #active = new Set<PartitionWriter>()
  /** Of these, the ones that are not part of a request. */
  readonly #ready = new Set<PartitionWriter>()
  readonly #sending = new Set<number>()
  /** Told when a request has ended. */
  readonly #watching = new Set<() => void>()
  #pumping = false
  #again = false
  #idle: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined

  constructor(options: RecordWriterOptions) {
    this.#options = options
  }

  put(slices: readonly PutSlice[]): void {
    for (const slice of slices) {
      const writer = this.#writer(slice.topic, slice.partition)
      if (!this.#active.has(writer)) {
        this.#active.add(writer)
        this.#ready.add(writer)
      }
      writer.add(slice)
    }
    this.#wake()
  }

  /** The topic is gone: refuses what waits for it. */
  forget(topic: string, refusal: PutRefused): void {
    for (const [key, writer] of this.#writers) {
      if (writer.topic !== topic) continue
      this.#writers.delete(key)
      writer.refuseAll(refusal)
      this.#settled(writer)
    }
  }

  /** What waits for the topic may be sent again, or is asked once more. */
  reopen(topic: string): void {
    for (const writer of this.#active) if (writer.topic === topic) writer.gated = false
    this.#wake()
  }

  /** What waits for the partition comes back, in order, and is no longer the writer's. */
  takeBack(topic: string, partition: number): readonly PutSlice[] {
    const writer = this.#writers.get(placeOf(topic, partition))
    if (writer === undefined) return []
    const slices = writer.takeBack()
    if (writer.idle && this.#ready.has(writer)) this.#settled(writer)
    return slices
  }

  /** Resolves when no batch for the partition is under way, whatever waits. */
  async sent(topic: string, partition: number): Promise<void> {
    const writer = this.#writers.get(placeOf(topic, partition))
    if (writer === undefined) return
    while (this.#active.has(writer) && (writer.sending || !this.#ready.has(writer))) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#watching.add(resolve)
      await promise
    }
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) {
      this.#idle ??= Promise.withResolvers<void>()
      await this.#idle.promise
    }
  }

  #writer(topic: string, partition: number): PartitionWriter {
    const key = placeOf(topic, partition)
    let writer = this.#writers.get(key)
    if (writer === undefined) {
      const { client, clock, batchBytesMax, compression } = this.#options
      writer = new PartitionWriter(topic, partition, {
        batchBytesMax,
        compression,
        now: () => clock.now(),
        newProducer: () => client.newProducer(),
      })
      this.#writers.set(key, writer)
    }
    return writer
  }

  #wake(): void {
    this.#again = true
    if (this.#pumping) return
    this.#pumping = true
    // It never rejects: every outcome is told to the slices.
    this.#run().catch(() => {})
  }

  /** Hands what is ready to the leaders that are free. */
  async #run(): Promise<void> {
    // Whatever is asked for in the same turn goes into the first request already.
    await Promise.resolve()
    while (this.#again) {
      this.#again = false
      const byLeader = new Map<number, PartitionWriter[]>()
      for (const writer of this.#ready) {
        if (writer.resting || writer.gated) continue
        const leader = await this.#leader(writer)
        if (leader === undefined || this.#sending.has(leader)) continue
        const own = byLeader.get(leader)
        if (own === undefined) byLeader.set(leader, [writer])
        else own.push(writer)
      }
      for (const [leader, writers] of byLeader) this.#start(leader, writers)
    }
    // In the same turn as the last look at `#again`, so that a later wake begins anew.
    this.#pumping = false
  }

  #start(leader: number, writers: readonly PartitionWriter[]): void {
    const own = writers.filter((writer) => this.#ready.delete(writer))
    this.#sending.add(leader)
    this.#send(leader, own)
      .catch(() => {
        // Every outcome is told to the slices; nothing is left to fail.
      })
      .finally(() => {
        this.#sending.delete(leader)
        for (const writer of own) {
          if (writer.idle) this.#settled(writer)
          else this.#ready.add(writer)
        }
        this.#tellWatching()
        this.#wake()
      })
  }

  async #send(leader: number, writers: readonly PartitionWriter[]): Promise<void> {
    const sendings = await Promise.all(writers.map((writer) => this.#prepare(writer)))
    const all = sendings.filter((sending) => sending !== undefined)
    if (all.length === 0) return
    const partitions = all.map(({ writer, shipment }) => ({ topic: writer.topic, partition: writer.partition, batch: shipment.bytes }))
    let answers: readonly ProducedPartition[]
    try {
      answers = await this.#options.client.produce(leader, partitions)
    } catch (error) {
      for (const { writer, shipment } of all) {
        shipment.uncertain = true
        this.#failed(writer, shipment, error)
      }
      return
    }
    const byPlace = new Map(answers.map((answer) => [placeOf(answer.topic, answer.partition), answer]))
    for (const { writer, shipment } of all) {
      const { topic, partition } = writer
      const answer = byPlace.get(placeOf(topic, partition))
      if (answer === undefined || answer.errorCode !== 0) {
        const error = errorOfCode(answer?.errorCode ?? -1, `Writing to topic "${topic}"`)
        shipment.uncertain ||= uncertainTypes.has(error.type)
        this.#failed(writer, shipment, error)
      } else writer.accepted(shipment, answer.basePosition, answer.arrivalTimestamp)
    }
  }

  async #prepare(writer: PartitionWriter): Promise<Sending | undefined> {
    try {
      const shipment = await writer.next()
      return shipment && { writer, shipment }
    } catch (error) {
      this.#failed(writer, undefined, error)
      return undefined
    }
  }

  async #leader(writer: PartitionWriter): Promise<number | undefined> {
    try {
      return await this.#options.client.leader(writer.topic, writer.partition)
    } catch (error) {
      this.#failed(writer, undefined, error)
      if (writer.idle) this.#settled(writer)
      return undefined
    }
  }

  /** Has it tried again in a while, unless its time is over or trying is of no use. Without a shipment it is all that waits which is refused then. */
  #failed(writer: PartitionWriter, shipment: Shipment | undefined, error: unknown): void {
    const { clock, client, random, putTimeoutMs } = this.#options
    client.forgetLeaders(writer.topic)
    const type = errorType(error)
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION') this.#options.onUnknownTopic()
    const now = clock.now()
    writer.failingSince ??= now
    const retryable = error instanceof StreamError && error.retryable && !sessionErrors.has(type) && !storageFullTypes.has(type)
    if (!retryable || now - writer.failingSince >= putTimeoutMs) {
      if (shipment === undefined) writer.refuseAll(refusalOf(error))
      else writer.refuse(shipment, refusalOf(error, shipment))
      return
    }
    const delayMs = backoffMs(writer.failures++, random)
    writer.resting = true
    clock.schedule(delayMs, () => {
      writer.resting = false
      this.#wake()
    })
  }

  #tellWatching(): void {
    const watching = [...this.#watching]
    this.#watching.clear()
    for (const resolve of watching) resolve()
  }

  #settled(writer: PartitionWriter): void {
    this.#ready.delete(writer)
    this.#active.delete(writer)
    this.#tellWatching()
    if (this.#active.size > 0) return
    this.#idle?.resolve()
    this.#idle = undefined
  }
}

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`
}
