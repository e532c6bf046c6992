import { type Clock, StreamError } from '@millrace/stream'
import type { KafkaClient } from '../client/kafka-client.ts'
import { errorOfCode } from '../client/kafka-error.ts'
import type { KafkaNodes } from '../client/kafka-nodes.ts'
import { backoffMs, pause } from '../client/retry.ts'
import { splitBatches } from '../records/raw-batch.ts'
import { type FetchedPartition, fetchRequest } from '../wire/fetch.ts'
import type { KafkaLane } from './kafka-lane.ts'

export interface FetchLoopOptions {
  readonly topic: string
  /** Who leads what. */
  readonly client: KafkaClient
  /** Connections that may be held. */
  readonly nodes: KafkaNodes
  readonly clock: Clock
  readonly random: () => number
  readonly waitMsMax: number
  readonly readAheadBytesMax: number
  /** By partition. */
  readonly lanes: ReadonlyMap<number, KafkaLane>
  /** The lane's position is not in the log. */
  readonly onOutOfRange: (lane: KafkaLane) => Promise<void>
  /** The topic is not there: throws if that is so because the stream is not. */
  readonly assertThere: () => Promise<void>
  readonly signal: AbortSignal
}

/** Of one shard in one answer. */
const partitionBytesMin = 64 * 1024
const partitionBytesMax = 1024 * 1024
const answerBytesMax = 8 * 1024 * 1024
const crowdedWaitMs = 5

/**
 * Fetches for all lanes of a subscriber, one request at a time to each broker, for those of its shards that have room. While some have none the broker may
 * hold a request only briefly: one that waits for the others' next record would keep a lane waiting that has room again.
 */
export class FetchLoop {
  readonly #options: FetchLoopOptions
  readonly #polling = new Set<number>()
  #starting = false
  #again = false
  #turn = 0

  constructor(options: FetchLoopOptions) {
    this.#options = options
  }

  /** A lane has come, or has room again. */
  wake(): void {
    this.#again = true
    if (this.#starting) return
    this.#starting = true
    // It never rejects: what goes wrong is waited for, or told to the lanes.
    this.#start().catch(() => {})
  }

  async #start(): Promise<void> {
    const { client, topic, signal } = this.#options
    for (let failures = 0; this.#again && !signal.aborted; ) {
      this.#again = false
      try {
        const leaders = await client.leaders(topic)
        for (const lane of this.#wanting()) {
          const leader = leaders[lane.shard.partition] ?? -1
          if (leader < 0) throw errorOfCode(5, `Fetching from topic "${topic}"`)
          if (this.#polling.has(leader)) continue
          this.#polling.add(leader)
          this.#poll(leader).catch(() => {})
        }
        failures = 0
      } catch (error) {
        await this.#rest(error, failures++)
        this.#again = true
      }
    }
    // In the same turn as the last look at `#again`, so that a later wake begins anew.
    this.#starting = false
  }

  /** Until no shard that the node leads wants anything. */
  async #poll(node: number): Promise<void> {
    const { client, topic, signal, waitMsMax, lanes } = this.#options
    let crowdedMs = crowdedWaitMs
    let failures = 0
    while (!signal.aborted) {
      const leaders = await client.leaders(topic).catch(() => undefined)
      const led = [...lanes.values()].filter((lane) => lane.live && leaders?.[lane.shard.partition] === node)
      const bytesMax = this.#partitionBytes()
      const wanting = led.filter((lane) => lane.waitingBytes < bytesMax)
      if (wanting.length === 0) break
      const crowded = wanting.length < led.length
      try {
        const received = await this.#fetch(node, wanting, bytesMax, crowded ? crowdedMs : waitMsMax)
        crowdedMs = received || !crowded ? crowdedWaitMs : Math.min(waitMsMax, crowdedMs * 2)
        failures = 0
      } catch (error) {
        await this.#rest(error, failures++)
      }
    }
    this.#polling.delete(node)
    // A lane may have come since, or have found another leader.
    if (this.#wanting().length > 0) this.wake()
  }

  /** Whether anything came. */
  async #fetch(node: number, lanes: readonly KafkaLane[], bytesMax: number, waitMsMax: number): Promise<boolean> {
    const { nodes, topic } = this.#options
    // Each in its turn is the first: an answer may be full before the last.
    const first = this.#turn++ % lanes.length
    const turned = [...lanes.slice(first), ...lanes.slice(0, first)]
    const request = fetchRequest({
      partitions: turned.map((lane) => ({ topic, partition: lane.shard.partition, position: lane.next as number, bytesMax })),
      bytesMax: Math.min(answerBytesMax, bytesMax * lanes.length),
      waitMsMax,
    })
    const answer = await nodes.sendRequest<{ readonly errorCode: number; readonly partitions: readonly FetchedPartition[] }>(node, request)
    if (answer.errorCode !== 0) throw errorOfCode(answer.errorCode, `Fetching from topic "${topic}"`)
    let received = false
    for (const piece of answer.partitions) {
      const lane = this.#options.lanes.get(piece.partition)
      if (lane !== undefined && (await this.#receive(lane, piece, answer.partitions.length > 1))) received = true
    }
    return received
  }

  async #receive(lane: KafkaLane, piece: FetchedPartition, shared: boolean): Promise<boolean> {
    const { topic } = this.#options
    if (piece.errorCode !== 0) {
      const error = errorOfCode(piece.errorCode, `Fetching from topic "${topic}"`)
      if (error.type === 'OFFSET_OUT_OF_RANGE') await this.#options.onOutOfRange(lane)
      else if (error.retryable) throw error
      else lane.fail(error)
      return false
    }
    if (piece.bytes.length === 0) return false
    try {
      // A lane that waits long with little must not keep the whole answer.
      const bytes = shared ? Buffer.from(piece.bytes) : piece.bytes
      const { batches, endPosition } = splitBatches(bytes, piece.aborted)
      lane.receive(batches, endPosition ?? (lane.next as number), piece.tip)
    } catch (error) {
      lane.fail(error)
    }
    return true
  }

  #wanting(): readonly KafkaLane[] {
    const bytesMax = this.#partitionBytes()
    return [...this.#options.lanes.values()].filter((lane) => lane.live && lane.waitingBytes < bytesMax)
  }

  /** A lane holds about two such pieces at most. */
  #partitionBytes(): number {
    const { lanes, readAheadBytesMax } = this.#options
    return Math.min(partitionBytesMax, Math.max(partitionBytesMin, Math.floor(readAheadBytesMax / (2 * Math.max(1, lanes.size)))))
  }

  async #rest(error: unknown, failures: number): Promise<void> {
    const { client, topic, clock, random, signal, assertThere } = this.#options
    client.forgetLeaders(topic)
    if (signal.aborted) return
    if (!(error instanceof StreamError && error.retryable)) for (const lane of this.#options.lanes.values()) lane.fail(error)
    if (error instanceof StreamError && 'type' in error && error.type === 'UNKNOWN_TOPIC_OR_PARTITION') await assertThere().catch(() => {})
    await pause(clock, backoffMs(failures, random), signal)
  }
}
