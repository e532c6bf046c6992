import { expect } from 'vitest'
import type { PutAccepted, PutRecord, StreamRecord } from '../record.ts'
import type { AssignedShard, ShardPosition, Stream, SubscribeOptions } from '../stream.ts'

/** Longer than any backend takes; a test that waits so long has failed. */
const waitMs = 15_000

export function put(text: string, partitionKey = 'key'): PutRecord {
  return { data: new TextEncoder().encode(text), partitionKey }
}

/** Records `prefix0`, `prefix1` and so on, of one key. */
export function puts(count: number, prefix = '', partitionKey = 'key'): PutRecord[] {
  return Array.from({ length: count }, (_, index) => put(`${prefix}${index}`, partitionKey))
}

export function text(record: StreamRecord): string {
  return Buffer.from(record.data).toString()
}

export function texts(records: readonly StreamRecord[]): string[] {
  return records.map(text)
}

/** Puts, and expects that all of it is accepted. */
export async function accept(stream: Stream, records: readonly PutRecord[]): Promise<PutAccepted[]> {
  const results = await stream.put(records)
  expect(results).toHaveLength(records.length)
  return results.map((result) => {
    if (!result.accepted) throw new Error(`Refused as ${result.reason}: ${result.message}`)
    return result
  })
}

export const wide: { recordsMax: number; bytesMax: number } = { recordsMax: 100_000, bytesMax: 1e9 }

/** Everything that a shard has from the position on. */
export async function readAll(stream: Stream, shardId: string, from: ShardPosition = { type: 'TRIM_HORIZON' }): Promise<StreamRecord[]> {
  const records: StreamRecord[] = []
  for (let position = from; ; ) {
    const result = await stream.read(shardId, position, wide)
    if (result.records.length === 0) return records
    records.push(...result.records)
    position = { type: 'AT_POSITION', position: result.nextPosition }
  }
}

/** Everything that all shards have, shard by shard. */
export async function readStream(stream: Stream): Promise<StreamRecord[]> {
  const shards = await stream.shards()
  return (await Promise.all(shards.map((shard) => readAll(stream, shard.shardId)))).flat()
}

export async function onlyShard(stream: Stream): Promise<string> {
  const [shard] = await stream.shards()
  return (shard as { shardId: string }).shardId
}

/** Resolves when the condition holds. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + waitMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited ${waitMs} ms in vain: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

export const fromStart: SubscribeOptions = { startingPosition: { type: 'TRIM_HORIZON' }, batchRecordsMax: 1_000, batchBytesMax: 1e7 }
export const fromTip: SubscribeOptions = { ...fromStart, startingPosition: { type: 'LATEST' } }

/** A subscription whose assignments are gathered, and whose batches are pulled by the test. */
export class Subscriber implements AsyncDisposable {
  readonly #abort = new AbortController()
  readonly #all: AssignedShard[] = []
  /** Settles when the subscription ends: resolves after an abort, rejects with its error. */
  readonly ended: Promise<void>

  constructor(stream: Stream, consumer: string, options: SubscribeOptions = fromStart) {
    this.ended = this.#run(stream, consumer, options)
    this.ended.catch(() => {})
  }

  /** Shards in hand, by id. */
  get held(): AssignedShard[] {
    return this.#all
      .filter((shard) => !shard.revoked.aborted)
      .toSorted((one, other) => (one.source.shard.shardId < other.source.shard.shardId ? -1 : 1))
  }

  /** Resolves when exactly so many shards are in hand. */
  async holds(count: number): Promise<AssignedShard[]> {
    await eventually(`the subscriber holds ${count} shards`, () => this.held.length === count)
    return this.held
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.ended.catch(() => {})
  }

  async #run(stream: Stream, consumer: string, options: SubscribeOptions): Promise<void> {
    for await (const shard of stream.subscribe(consumer, options, this.#abort.signal)) this.#all.push(shard)
  }
}

/** Pulls the batches of one shard. */
export class Puller {
  readonly shard: AssignedShard
  readonly #iterator: AsyncIterator<readonly StreamRecord[]>

  constructor(shard: AssignedShard) {
    this.shard = shard
    this.#iterator = shard.batches()[Symbol.asyncIterator]()
  }

  /** The next batch; undefined at the end. */
  async next(): Promise<readonly StreamRecord[] | undefined> {
    const result = await this.#iterator.next()
    return result.done === true ? undefined : result.value
  }

  /** Pulls until there are so many records. */
  async take(count: number): Promise<StreamRecord[]> {
    const records: StreamRecord[] = []
    while (records.length < count) {
      const batch = await this.next()
      if (batch === undefined) throw new Error(`The shard ended after ${records.length} of ${count} records.`)
      records.push(...batch)
    }
    expect(records).toHaveLength(count)
    return records
  }

  /** Settles the records. */
  async settle(records: readonly StreamRecord[]): Promise<void> {
    await this.shard.checkpoint((records.at(-1) as StreamRecord).position + 1)
  }
}

/** The only shard of a stream of one, in the hands of a new subscriber. */
export async function pull(subscriber: Subscriber): Promise<Puller> {
  const [shard] = await subscriber.holds(1)
  return new Puller(shard as AssignedShard)
}
