import { type Stream, StreamExistsError, StreamNotFoundError, type PutResult, type StreamRegistry } from '@millrace/stream'
import type { Clock } from '../clock.ts'
import { pause } from '../pause.ts'
import { type AsyncEvent, encodeAsyncEvent } from './async-event.ts'
import { delayHashKey, delayShards } from './delays.ts'

/** Events that were just accepted; each in any of its shards. */
export const eventsStream = 'millrace.async-events'
/** Events that wait until they are tried again: a shard for each delay. */
export const retriesStream = 'millrace.async-retries'

const shards: Readonly<Record<string, number>> = { [eventsStream]: 4, [retriesStream]: delayShards }
/** Far longer than an event may live: what was not looked at in that time is lost, and a system may be down for a while. */
const retentionHours = 168
const madeElsewhereMsMax = 10_000

/** The durable queue of asynchronous invocations: two streams, which are made for the first event. */
export class AsyncQueue {
  readonly #registry: StreamRegistry
  readonly #clock: Clock
  readonly #streams = new Map<string, Promise<Stream>>()
  #onCreated: () => void = () => {}

  constructor(registry: StreamRegistry, clock: Clock) {
    this.#registry = registry
    this.#clock = clock
  }

  /** Calls back when this process has made, or found, the streams. */
  onCreated(callback: () => void): void {
    this.#onCreated = callback
  }

  /** Both streams, if they are there. */
  async find(): Promise<readonly Stream[] | undefined> {
    try {
      return await Promise.all([this.#registry.get(eventsStream), this.#registry.get(retriesStream)])
    } catch (error) {
      if (error instanceof StreamNotFoundError) return undefined
      throw error
    }
  }

  /** Keeps a new event durably. */
  async accept(event: AsyncEvent): Promise<PutResult> {
    return this.#put(eventsStream, event, {})
  }

  /** Keeps an event until it is due. */
  async defer(event: AsyncEvent, delayMs: number): Promise<PutResult> {
    return this.#put(retriesStream, event, { explicitHashKey: delayHashKey(delayMs) })
  }

  async #put(name: string, event: AsyncEvent, key: { readonly explicitHashKey?: string }): Promise<PutResult> {
    const stream = await this.#stream(name)
    const [result] = await stream.put([{ data: encodeAsyncEvent(event), partitionKey: event.id, ...key }])
    return result as PutResult
  }

  #stream(name: string): Promise<Stream> {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      stream = this.#open(name)
      this.#streams.set(name, stream)
      // What failed is tried again by the next call.
      stream.catch(() => this.#streams.delete(name))
    }
    return stream
  }

  async #open(name: string): Promise<Stream> {
    // Both, so that whoever looks for them finds them together.
    const streams = await Promise.all([retriesStream, eventsStream].map((each) => this.#ensure(each)))
    this.#onCreated()
    return streams.find((stream) => stream.name === name) as Stream
  }

  async #ensure(name: string): Promise<Stream> {
    for (const begin = this.#clock.now(); ; ) {
      try {
        return await this.#registry.get(name)
      } catch (error) {
        if (!(error instanceof StreamNotFoundError) || this.#clock.now() - begin > madeElsewhereMsMax) throw error
      }
      try {
        return await this.#registry.create(name, { shardCount: shards[name] as number, retentionHours })
      } catch (error) {
        // Another process was quicker; it is seen here as soon as the registry has come round.
        if (!(error instanceof StreamExistsError)) throw error
        await pause(this.#clock, 100)
      }
    }
  }
}
