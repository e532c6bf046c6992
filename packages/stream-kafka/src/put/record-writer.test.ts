import type { PutRefused } from '@millrace/stream'
import { ManualClock } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { KafkaClient } from '../client/kafka-client.ts'
import { KafkaError } from '../client/kafka-error.ts'
import type { ProducedPartition, ProducePartition } from '../wire/produce.ts'
import type { PutSlice } from './put-slice.ts'
import { RecordWriter } from './record-writer.ts'

const [unknownTopic, tooLarge, notLeader, storage, sequence] = [3, 10, 6, 56, 45]
const unreachable = new KafkaError('No answer.', 'UNREACHABLE', true)

/** What a batch says of itself: who sent it, and as which number. */
interface Stamp {
  readonly partition: number
  readonly producerId: number
  readonly sequence: number
  readonly count: number
}

/** Brokers that answer as they are told to: an error code, an error, or nothing for success. */
class ScriptedBrokers {
  readonly sent: Stamp[] = []
  readonly answers: (number | Error | undefined)[] = []
  /** Ends that a test holds requests with. */
  held: (() => void)[] | undefined
  #producers = 0
  #next = 0

  async leader(_topic: string, partition: number): Promise<number> {
    return partition % 2
  }

  forgetLeaders(): void {}

  async newProducer(): Promise<{ producerId: number; producerEpoch: number }> {
    return { producerId: ++this.#producers, producerEpoch: 0 }
  }

  async produce(_node: number, partitions: readonly ProducePartition[]): Promise<readonly ProducedPartition[]> {
    await new Promise<void>((resolve) => (this.held === undefined ? resolve() : this.held.push(resolve)))
    return partitions.map(({ topic, partition, batch }) => {
      const stamp = {
        partition,
        producerId: Number(batch.readBigInt64BE(43)),
        sequence: batch.readInt32BE(53),
        count: batch.readInt32BE(57),
      }
      this.sent.push(stamp)
      const answer = this.answers.shift()
      if (answer instanceof Error) throw answer
      const basePosition = this.#next
      if (answer === undefined) this.#next += stamp.count
      return { topic, partition, errorCode: answer ?? 0, basePosition, arrivalTimestamp: 1_000 }
    })
  }
}

function slice(count = 1, partition = 0): PutSlice & { outcome: number | PutRefused | undefined } {
  const made: PutSlice & { outcome: number | PutRefused | undefined } = {
    topic: 'logs',
    partition,
    records: Array.from({ length: count }, () => ({ data: Buffer.from('x'), partitionKey: 'k' })),
    bytes: count * 10,
    outcome: undefined,
    refused: () => undefined,
    accepted: (position) => {
      made.outcome = position
    },
    refuse: (refusal) => {
      made.outcome = refusal
    },
  }
  return made
}

function setUp(): { brokers: ScriptedBrokers; clock: ManualClock; writer: RecordWriter; unknown: { count: number } } {
  const brokers = new ScriptedBrokers()
  const clock = new ManualClock()
  const unknown = { count: 0 }
  const writer = new RecordWriter({
    client: brokers as unknown as KafkaClient,
    clock,
    random: () => 0.5,
    compression: 'none',
    batchBytesMax: 100,
    putTimeoutMs: 5_000,
    onUnknownTopic: () => {
      unknown.count += 1
    },
  })
  return { brokers, clock, writer, unknown }
}

describe('a writer of records', () => {
  it('numbers the batches of a partition, and puts what waits into one', async () => {
    const { brokers, writer } = setUp()
    brokers.held = []
    const slices = [slice(2), slice(3), slice(4)]
    writer.put([slices[0] as PutSlice])
    await expect.poll(() => brokers.held?.length).toBe(1)
    writer.put(slices.slice(1))
    brokers.held.shift()?.()
    await expect.poll(() => brokers.held?.length).toBe(1)
    brokers.held.shift()?.()
    await writer.idle()
    expect(brokers.sent).toEqual([
      { partition: 0, producerId: 1, sequence: 0, count: 2 },
      { partition: 0, producerId: 1, sequence: 2, count: 7 },
    ])
    expect(slices.map(({ outcome }) => outcome)).toEqual([0, 2, 5])
  })

  it('sends a batch that got no answer again as it was, and goes on behind it', async () => {
    const { brokers, clock, writer } = setUp()
    brokers.answers.push(unreachable, notLeader)
    const [first, second] = [slice(2), slice(1)]
    writer.put([first])
    for (let turn = 0; turn < 20 && first.outcome === undefined; turn++) await clock.advance(100)
    writer.put([second])
    await writer.idle()
    expect(brokers.sent.map((stamp) => stamp.sequence)).toEqual([0, 0, 0, 2])
    expect(new Set(brokers.sent.map((stamp) => stamp.producerId)).size).toBe(1)
    expect([first.outcome, second.outcome]).toEqual([0, 2])
  })

  it('never uses the number of a batch that it gave up without knowing what became of it', async () => {
    const { brokers, clock, writer } = setUp()
    brokers.answers.push(...Array.from({ length: 30 }, () => unreachable))
    const lost = slice(2)
    writer.put([lost])
    for (let turn = 0; turn < 100 && lost.outcome === undefined; turn++) await clock.advance(100)
    expect(lost.outcome).toMatchObject({ reason: 'internal', retryable: true, message: expect.stringContaining('may have been written') })
    brokers.answers.length = 0
    const next = slice(1)
    writer.put([next])
    await writer.idle()
    expect(next.outcome).toBe(0)
    expect(brokers.sent.at(-1)).toMatchObject({ producerId: 2, sequence: 0 })
  })

  it('begins a new session where the broker does not know the old one', async () => {
    const { brokers, writer } = setUp()
    brokers.answers.push(sequence)
    const [refused, taken] = [slice(), slice()]
    writer.put([refused])
    await writer.idle()
    writer.put([taken])
    await writer.idle()
    expect(refused.outcome).toMatchObject({ retryable: true })
    expect(taken.outcome).toBe(0)
    expect(brokers.sent[1]).toMatchObject({ producerId: 2, sequence: 0 })
  })

  it('says why a put is refused by the kind of the error', async () => {
    const { brokers, writer } = setUp()
    brokers.answers.push(storage, tooLarge, tooLarge)
    const [full, one, many] = [slice(), slice(1), slice(3)]
    for (const each of [full, one, many]) {
      writer.put([each])
      await writer.idle()
    }
    expect(full.outcome).toMatchObject({ reason: 'storage-full', retryable: true })
    expect(one.outcome).toMatchObject({ reason: 'invalid-record', retryable: false, message: expect.stringContaining('max.message.bytes') })
    expect(many.outcome).toMatchObject({ reason: 'internal', retryable: true, message: expect.stringContaining('max.message.bytes') })
  })

  it('keeps the partitions of one broker going while another does not answer', async () => {
    const { brokers, writer } = setUp()
    brokers.held = []
    const [stuck, other] = [slice(1, 0), slice(1, 1)]
    writer.put([stuck])
    await expect.poll(() => brokers.held?.length).toBe(1)
    const [release] = brokers.held
    brokers.held = undefined
    writer.put([other])
    await expect.poll(() => other.outcome).toBe(0)
    expect(stuck.outcome).toBeUndefined()
    release?.()
    await writer.idle()
    expect(stuck.outcome).toBe(1)
  })

  it('has the registry looked at when a topic is not there, and refuses what waits for one that is gone', async () => {
    const { brokers, writer, unknown } = setUp()
    brokers.answers.push(unknownTopic)
    const own = slice()
    writer.put([own])
    await expect.poll(() => unknown.count).toBe(1)
    const gone: PutRefused = { accepted: false, retryable: false, reason: 'internal', message: 'gone' }
    writer.forget('logs', gone)
    await writer.idle()
    expect(own.outcome).toBe(gone)
  })
})
