import {
  type AsyncInvoker,
  deliverWithRetries,
  DestinationError,
  type DestinationRecord,
  type Destinations,
  FunctionNotFoundError,
  InvokerClosedError,
  type Invoker,
  PayloadTooLargeError,
  TooManyRequestsError,
} from '@millrace/function'
import type { DeadLetterStore, Stream, StreamRegistry } from '@millrace/stream'
import type { Clock } from '../clock.ts'
import { pause } from '../pause.ts'
import { AsyncConsumer } from './async-consumer.ts'
import { type AsyncContext, asyncLimitDefaults, type AsyncLimits } from './async-context.ts'
import { AsyncDispatcher } from './async-dispatcher.ts'
import { AsyncQueue } from './async-queue.ts'
import type { AsyncSettings } from './async-settings.ts'
import { AsyncMeters, type AsyncStats } from './async-stats.ts'

export interface AsyncInvocationsOptions {
  readonly invoker: Invoker
  /** Events are kept in streams of this registry. */
  readonly streams: StreamRegistry
  readonly deadLetters: DeadLetterStore
  readonly clock: Clock
  /** Names of the functions that can be invoked. */
  functionNames(): readonly string[]
  settingsOf(functionName: string): AsyncSettings
  /** Where records of invocations go. Without it nothing can be delivered, and what is given up becomes a dead letter. */
  readonly destinations?: Destinations
  /** Numbers in [0, 1), for the jitter of waits. */
  readonly random: () => number
  /** What a person should know. */
  warn(message: string): void
  /** Request ids: random UUIDs. */
  requestId(): string
  readonly limits?: Partial<AsyncLimits>
}

/**
 * Asynchronous invocation as Lambda has it: an event is accepted once it is durable, and its function is invoked with it at least once. A failed attempt is
 * repeated after one minute, and two; a function that cannot be run is tried again, from 1 s to 5 min apart, until the event is too old.
 */
export interface AsyncInvocations extends AsyncInvoker {
  /** Runs events until the signal is aborted; then lets what runs come to its end. Rejects for what cannot pass. May be called once. */
  run(signal: AbortSignal): Promise<void>
  /** By function name. */
  stats(): ReadonlyMap<string, AsyncStats>
  /** Events in hand in this process. */
  readonly inHand: number
}

/** Lambda's limit: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const asyncPayloadBytesMax = 1_048_576

export function createAsyncInvocations(options: AsyncInvocationsOptions): AsyncInvocations {
  return new Invocations(options)
}

class Invocations implements AsyncInvocations {
  readonly #options: AsyncInvocationsOptions
  readonly #context: AsyncContext
  readonly #dispatcher: AsyncDispatcher
  /** Aborted when the streams are there. */
  readonly #created = new AbortController()
  #closed = false

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options
    const queue = new AsyncQueue(options.streams, options.clock)
    queue.onCreated(() => this.#created.abort())
    this.#context = {
      invoker: options.invoker,
      deadLetters: options.deadLetters,
      clock: options.clock,
      queue,
      meters: new AsyncMeters(),
      limits: { ...asyncLimitDefaults, ...options.limits },
      settingsOf: (name) => options.settingsOf(name),
      deliver: (destination, record, signal) => this.#deliver(destination, record, signal),
      warn: (message) => options.warn(message),
    }
    this.#dispatcher = new AsyncDispatcher(this.#context)
  }

  get inHand(): number {
    return this.#dispatcher.inHand
  }

  async invokeAsync(functionName: string, json: string): Promise<{ readonly requestId: string }> {
    if (this.#closed) throw new InvokerClosedError()
    const names = this.#options.functionNames()
    if (!names.includes(functionName)) throw new FunctionNotFoundError(functionName, names)
    // A UTF-16 unit takes at most 3 bytes: short text needs not be measured.
    if (json.length * 3 > asyncPayloadBytesMax && Buffer.byteLength(json) > asyncPayloadBytesMax) {
      throw new PayloadTooLargeError(
        `The event for "${functionName}" has ${Buffer.byteLength(json)} bytes; at most ${asyncPayloadBytesMax} can be invoked with asynchronously.`,
      )
    }
    const id = this.#options.requestId()
    const event = { id, functionName, json, failures: 0, deferrals: 0, notBefore: 0, acceptedTimestamp: undefined }
    const result = await this.#context.queue.accept(event)
    if (!result.accepted) {
      if (!result.retryable) throw new PayloadTooLargeError(result.message)
      throw new TooManyRequestsError(`The event cannot be kept at present: ${result.message}`, 'CallerRateLimitExceeded')
    }
    this.#context.meters.of(functionName).received++
    return { requestId: id }
  }

  async run(signal: AbortSignal): Promise<void> {
    const consumer = new AsyncConsumer(this.#context, this.#dispatcher)
    signal.addEventListener('abort', () => (this.#closed = true), { once: true })
    const streams = await this.#streams(signal)
    await Promise.all(streams.map((stream) => consumer.run(stream, signal)))
  }

  stats(): ReadonlyMap<string, AsyncStats> {
    return this.#context.meters.stats()
  }

  async #deliver(destination: string, record: DestinationRecord, signal: AbortSignal): Promise<void> {
    const { destinations, clock, random } = this.#options
    if (destinations === undefined) throw new DestinationError('There are no destinations in this process.', false)
    const failure = await deliverWithRetries(destinations.open(destination), record, { clock, random }, signal)
    if (failure !== undefined) throw failure
  }

  /** Waits until the streams are there: nothing is made, and nothing polled, before the first event. */
  async #streams(signal: AbortSignal): Promise<readonly Stream[]> {
    const { clock, limits, queue } = this.#context
    while (!signal.aborted) {
      const found = await queue
        .find()
        .catch((error: unknown) => this.#context.warn(`Asynchronous invocations cannot be looked for: ${String(error)}`))
      if (found !== undefined) return found
      await pause(clock, limits.discoveryMs, signal, ...(this.#created.signal.aborted ? [] : [this.#created.signal]))
    }
    return []
  }
}
