import type { AssignedShard, Stream, SubscribeOptions } from '@millrace/stream'
import type { MapperContext } from './mapper-context.ts'
import type { PollLimits } from './poll-limits.ts'
import { ShardWorker } from './shard-worker.ts'
import { untilAborted } from './waiting.ts'

/**
 * One subscription to the stream, from its begin to its end. It ends when it is told to, or when the stream fails; either way the
 * invocations in hand are settled first, for at most the grace.
 */
export class Subscription {
  readonly #stream: Stream
  readonly #context: MapperContext
  readonly #poll: PollLimits
  readonly #workers = new Set<ShardWorker>()
  readonly #ends = new Set<Promise<void>>()
  readonly #drain = new AbortController()
  readonly #hard = new AbortController()
  #failure: { readonly error: unknown } | undefined

  constructor(stream: Stream, context: MapperContext, poll: PollLimits) {
    this.#stream = stream
    this.#context = context
    this.#poll = poll
  }

  get workers(): Iterable<ShardWorker> {
    return this.#workers
  }

  /** Looks at the context's parameters anew. */
  update(): void {
    for (const worker of this.#workers) worker.update()
  }

  /** Rejects with what the stream failed with. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, parameters, uuid } = this.#context
    // The stream's own signal revokes every shard at once, so it comes last.
    const release = new AbortController()
    const stop = (): void => this.#drain.abort(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    const shards = this.#stream.subscribe(uuid, this.#options(), release.signal)[Symbol.asyncIterator]()
    const next = this.#assign(shards)
    await untilAborted(next, this.#drain.signal)
    const cancelGrace = clock.schedule(parameters.shutdownGraceMs, () => this.#hard.abort(new Error('The grace of the shutdown is over.')))
    this.#drain.abort()
    await Promise.all(this.#ends)
    release.abort()
    await untilAborted(next, this.#hard.signal)
    cancelGrace()
    signal.removeEventListener('abort', stop)
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** Starts a worker for each shard that is assigned. Never rejects. */
  async #assign(shards: AsyncIterator<AssignedShard>): Promise<void> {
    try {
      for (let step = await shards.next(); step.done !== true; step = await shards.next()) this.#start(step.value)
      // No more shards come, but those that are here go on.
      await Promise.all(this.#ends)
    } catch (error) {
      this.#fail(error)
    }
  }

  #start(shard: AssignedShard): void {
    if (this.#drain.signal.aborted) return
    const drain = AbortSignal.any([shard.revoked, this.#drain.signal])
    const stop = AbortSignal.any([shard.revoked, this.#hard.signal])
    const signals = { drain, stop, hard: this.#hard.signal }
    const worker = new ShardWorker(shard, this.#context, signals, this.#poll, () => this.#countLanes())
    this.#workers.add(worker)
    this.#countLanes()
    const end = worker
      .run((error) => this.#fail(error))
      .finally(() => {
        this.#context.counters.abandoned += worker.inFlight
        this.#workers.delete(worker)
        this.#ends.delete(end)
        this.#countLanes()
      })
    this.#ends.add(end)
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#drain.abort()
  }

  #countLanes(): void {
    let lanes = 0
    for (const worker of this.#workers) lanes += worker.laneCount
    this.#context.concurrency.setLanes(lanes)
  }

  #options(): SubscribeOptions {
    const { StartingPosition: type, StartingPositionTimestamp: timestamp } = this.#context.parameters
    return {
      startingPosition: type === 'AT_TIMESTAMP' ? { type, timestamp: (timestamp ?? 0) * 1000 } : { type },
      batchRecordsMax: this.#poll.recordsMax,
      batchBytesMax: this.#poll.bytesMax,
    }
  }
}
