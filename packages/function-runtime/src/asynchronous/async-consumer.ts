import type { AssignedShard, Stream, StreamRecord } from '@millrace/stream'
import { pause } from '../pause.ts'
import type { AsyncContext } from './async-context.ts'
import type { AsyncDispatcher } from './async-dispatcher.ts'
import { type AsyncEvent, decodeAsyncEvent } from './async-event.ts'
import type { EventSource } from './event-source.ts'
import { SettledPositions } from './settled-positions.ts'

const consumerName = 'millrace.async-invocations'
const pollLimits = { batchRecordsMax: 200, batchBytesMax: 4 * 1_048_576 } as const

/** Reads the internal streams, and hands events to the dispatcher as they fall due. A shard's checkpoint follows what is settled of it. */
export class AsyncConsumer {
  readonly #context: AsyncContext
  readonly #dispatcher: AsyncDispatcher

  constructor(context: AsyncContext, dispatcher: AsyncDispatcher) {
    this.#context = context
    this.#dispatcher = dispatcher
  }

  /** Works on a stream until the signal is aborted. A stream that cannot be read for a while is subscribed to again. */
  async run(stream: Stream, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const subscription = new AbortController()
      const stopped = AbortSignal.any([signal, subscription.signal])
      const lanes = new Set<Promise<void>>()
      try {
        const options = { startingPosition: { type: 'TRIM_HORIZON' }, ...pollLimits } as const
        for await (const shard of stream.subscribe(consumerName, options, stopped)) {
          const lane = this.#lane(shard, stopped)
            .catch((error: unknown) => {
              if (!stopped.aborted && !shard.revoked.aborted) subscription.abort(error)
            })
            .finally(() => lanes.delete(lane))
          lanes.add(lane)
        }
        await Promise.all(lanes)
        if (subscription.signal.aborted) throw subscription.signal.reason
      } catch (error) {
        subscription.abort(error)
        await Promise.all(lanes)
        if (signal.aborted) return
        if (error instanceof Error && 'retryable' in error && error.retryable === false) throw error
        this.#context.warn(`Asynchronous invocations cannot be read, and are tried again: ${String(error)}`)
        await pause(this.#context.clock, this.#context.limits.writeRetryMs, signal)
      }
    }
  }

  async #lane(shard: AssignedShard, signal: AbortSignal): Promise<void> {
    const lane = new Lane(shard, this.#context, AbortSignal.any([signal, shard.revoked]))
    try {
      for await (const records of shard.batches()) {
        for (const record of records) {
          if (!(await this.#take(lane, record))) return
        }
      }
    } finally {
      await lane.end()
    }
  }

  /** False when the lane has come to its end. */
  async #take(lane: Lane, record: StreamRecord): Promise<boolean> {
    const { clock } = this.#context
    let event: AsyncEvent
    try {
      event = decodeAsyncEvent(record.data)
    } catch (error) {
      const source = { source: lane.shard.source, record, acceptedTimestamp: record.approximateArrivalTimestamp }
      lane.follow(record, settledBy(this.#dispatcher.outcome.invalid(source, String(error), lane.signal)))
      return !lane.signal.aborted
    }
    // The next one of this shard is due no earlier.
    const waitMs = event.notBefore - clock.now()
    if (waitMs > 0) await pause(clock, waitMs, lane.signal)
    await this.#dispatcher.room(lane.signal)
    if (lane.signal.aborted) return false
    const acceptedTimestamp = event.acceptedTimestamp ?? record.approximateArrivalTimestamp
    const source: EventSource = { source: lane.shard.source, record, acceptedTimestamp }
    lane.follow(record, this.#dispatcher.dispatch(event, source, lane.signal))
    return true
  }
}

function settledBy(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}

/** A shard while it is this process's: what of it is settled, and how far it is checkpointed. */
class Lane {
  readonly shard: AssignedShard
  readonly signal: AbortSignal
  readonly #context: AsyncContext
  readonly #positions = new SettledPositions()
  readonly #open = new Set<Promise<void>>()
  #checkpoint = -1
  #cancel: (() => void) | undefined

  constructor(shard: AssignedShard, context: AsyncContext, signal: AbortSignal) {
    this.shard = shard
    this.signal = signal
    this.#context = context
  }

  follow({ position }: StreamRecord, settled: Promise<boolean>): void {
    this.#positions.begin(position)
    const followed = settled.then((isSettled) => {
      this.#open.delete(followed)
      if (!isSettled) return
      this.#positions.settle(position)
      this.#cancel ??= this.#context.clock.schedule(this.#context.limits.checkpointMs, () => void this.#write())
    })
    this.#open.add(followed)
  }

  /** What is in hand comes to its end, for a bounded time: the rest is repeated elsewhere. Then the checkpoint is written. */
  async end(): Promise<void> {
    const { clock, limits } = this.#context
    await Promise.race([Promise.all(this.#open), pause(clock, limits.shutdownGraceMs, this.shard.revoked)])
    await this.#write()
  }

  async #write(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const { checkpoint } = this.#positions
    if (checkpoint === undefined || checkpoint <= this.#checkpoint || this.shard.revoked.aborted) return
    try {
      await this.shard.checkpoint(checkpoint)
      this.#checkpoint = checkpoint
    } catch (error) {
      if (!this.shard.revoked.aborted) this.#context.warn(`A checkpoint of asynchronous invocations could not be written: ${String(error)}`)
    }
  }
}
