import type { Destinations, DestinationWriter, Invoker } from '@millrace/function'
import type { Clock, DeadLetterStore, Stream } from '@millrace/stream'
import { AdaptiveConcurrency } from './adaptive-concurrency.ts'
import { backoffMs } from './backoff.ts'
import { BatchingPolicy } from './batching-policy.ts'
import { BufferedBytes } from './buffered-bytes.ts'
import type { Explanation } from './explain.ts'
import { explain } from './explain.ts'
import { checkNotOwnStream } from './check-not-own-stream.ts'
import { compileFilterCriteria, type FilteredSource } from './filter/filter-criteria.ts'
import type { FunctionLoad } from './function-load.ts'
import type { MapperContext } from './mapper-context.ts'
import { MapperCounters } from './mapper-counters.ts'
import type { MapperStats } from './mapper-stats.ts'
import type { MappingParameters } from './mapping-parameters.ts'
import { InvalidMappingError } from './parse-mapping-parameters.ts'
import { batchLimits } from './payload-size.ts'
import { pollLimits } from './poll-limits.ts'
import { Subscription } from './subscription.ts'
import { Bell, pause } from './waiting.ts'
import type { MapperWarning } from './warnings.ts'
import { messageOf, Warnings } from './warnings.ts'

export interface EventSourceMapperOptions {
  /** Identity of the mapping: the consumer's name at the stream, so that a restart goes on where it was. */
  readonly uuid: string
  readonly stream: Stream
  readonly functionName: string
  readonly invoker: Invoker
  readonly deadLetters: DeadLetterStore
  /** Opens what DestinationConfig names; needed by mappings that have one. */
  readonly destinations?: Destinations
  /** How the function stands, for `explain`; undefined for one that is not known. */
  readonly functionLoad?: (functionName: string) => FunctionLoad | undefined
  /** As `parseMappingParameters` answers them. */
  readonly parameters: MappingParameters
  readonly clock: Clock
  /** Numbers in [0, 1), for the jitter of waits. */
  readonly random: () => number
  /** Hears what a person should know; at most once in 30 seconds for each kind. */
  readonly onWarning?: (warning: MapperWarning) => void
}

/** What of a mapper can be changed while it runs. */
export interface MapperUpdate {
  readonly parameters?: MappingParameters
  readonly functionName?: string
}

/**
 * The loop from a stream to a function: poll, batch, invoke, settle, checkpoint.
 *
 * - Every record is settled once, or is in the dead letters, before the checkpoint of its shard passes it.
 * - Records of one partition key are handled in order, also through retries.
 * - Nothing is settled for a shard after it was revoked.
 */
export interface EventSourceMapper {
  readonly uuid: string
  /**
   * Works until the signal is aborted; then settles the invocations in hand, for at most `shutdownGraceMs`, and resolves. Rejects when the
   * stream is gone for good (an error that is not retryable). May be called once.
   */
  run(signal: AbortSignal): Promise<void>
  stats(): MapperStats
  /**
   * Throws, and changes nothing, where a destination cannot be opened.
   *
   * Goes on by other parameters, as `parseMappingParameters` answers them, while records are under way: none is lost, and none is repeated for it. Invocations
   * under way end as they began; whatever begins afterwards, repeats included, goes by the new ones. Records that were polled before are not filtered
   * anew. The number of lanes changes between invocations; an open window of another length is closed early. Where a shard begins is not
   * changed by an update, and bounds of one polled array are changed when shards are next subscribed to.
   */
  update(update: MapperUpdate): void
  /** Why concurrency is as low as it is, at present. */
  explain(): Explanation
}

export function createEventSourceMapper(options: EventSourceMapperOptions): EventSourceMapper {
  return new Mapper(options)
}

class Mapper implements EventSourceMapper {
  readonly uuid: string
  readonly #stream: Stream
  readonly #destinations: Destinations | undefined
  readonly #functionLoad: (functionName: string) => FunctionLoad | undefined
  readonly #context: { -readonly [Name in keyof MapperContext]: MapperContext[Name] }
  /** Rings when the mapping is enabled, or the mapper is to stop. */
  readonly #enabled = new Bell()
  #subscription: Subscription | undefined
  /** Ends the present subscription. */
  #disable = new AbortController()

  constructor(options: EventSourceMapperOptions) {
    const { stream, parameters, clock, onWarning } = options
    this.uuid = options.uuid
    this.#stream = stream
    this.#destinations = options.destinations
    this.#functionLoad = options.functionLoad ?? (() => undefined)
    this.#context = {
      ...options,
      destination: this.#openDestination(parameters),
      filter: compileFilterCriteria(parameters.FilterCriteria, filteredSource(stream)),
      policy: batchingPolicy(parameters, stream),
      warnings: new Warnings(clock, onWarning),
      counters: new MapperCounters(),
      concurrency: new AdaptiveConcurrency(parameters.concurrencyMax),
      buffered: new BufferedBytes(parameters.bufferedBytesMax),
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const wake = (): void => this.#enabled.ring()
    signal.addEventListener('abort', wake)
    try {
      for (let failures = 0; !signal.aborted; failures++) {
        if (!this.#context.parameters.Enabled) {
          await this.#enabled.wait(this.#context.clock)
          failures = -1
          continue
        }
        const received = this.#context.counters.received
        await this.#subscribe(signal)
        if (!this.#context.parameters.Enabled) continue
        if (this.#context.counters.received > received) failures = 0
        const { clock, parameters, random } = this.#context
        const limits = { baseMs: parameters.retryBackoffBaseMs, maxMs: parameters.retryBackoffMaxMs }
        await pause(clock, backoffMs(failures, limits, random), signal)
      }
    } finally {
      signal.removeEventListener('abort', wake)
    }
  }

  async #subscribe(signal: AbortSignal): Promise<void> {
    const { parameters, policy } = this.#context
    this.#disable = new AbortController()
    this.#subscription = new Subscription(this.#stream, this.#context, pollLimits(parameters, policy.limits))
    try {
      await this.#subscription.run(AbortSignal.any([signal, this.#disable.signal]))
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#subscription = undefined
    }
  }

  update({ parameters, functionName }: MapperUpdate): void {
    const context = this.#context
    // What may throw comes first, so that an update is made as a whole or not at all.
    const destination = parameters && this.#openDestination(parameters)
    const filter = parameters && compileFilterCriteria(parameters.FilterCriteria, filteredSource(this.#stream))
    if (functionName !== undefined) context.functionName = functionName
    if (parameters === undefined) return
    context.parameters = parameters
    context.destination = destination
    context.filter = filter
    context.policy = batchingPolicy(parameters, this.#stream)
    context.concurrency.concurrencyMax = parameters.concurrencyMax
    context.buffered.bytesMax = parameters.bufferedBytesMax
    if (parameters.Enabled) this.#enabled.ring()
    else this.#disable.abort(new Error('The mapping was disabled.'))
    this.#subscription?.update()
  }

  stats(): MapperStats {
    const { counters, concurrency, buffered } = this.#context
    const workers = [...(this.#subscription?.workers ?? [])]
    const { received, receivedBytes, settled, filtered, abandoned, invocations, failedInvocations, retries } = counters
    const { bisections, durationMs, overloads, throttles, unavailable } = counters
    return {
      received,
      receivedBytes,
      settled,
      filtered,
      abandoned,
      invocations,
      failedInvocations,
      retries,
      bisections,
      durationMs,
      overloads,
      throttles,
      unavailable,
      destinationFailures: counters.destinationFailures,
      eventCounts: counters.eventCounts(),
      deadLettered: counters.deadLetteredTotal,
      deadLetteredByCondition: { ...counters.deadLettered },
      inFlight: workers.reduce((sum, worker) => sum + worker.inFlight, 0),
      batchRecords: counters.batchRecords(),
      concurrency: { limit: concurrency.limit, ceiling: concurrency.ceiling, active: concurrency.active, waiting: concurrency.waiting },
      bufferedBytes: buffered.bytes,
      shards: workers.map((worker) => worker.stats()),
    }
  }

  explain(): Explanation {
    if (!this.#context.parameters.Enabled) return { reason: 'disabled', message: 'The mapping is not enabled: nothing is polled.' }
    if (this.#subscription === undefined) return { reason: 'stopped', message: 'The mapper does not run.' }
    const { clock, functionName } = this.#context
    return explain(this.stats(), clock.now(), this.#functionLoad(functionName))
  }

  #openDestination({ DestinationConfig }: MappingParameters): DestinationWriter | undefined {
    const destination = DestinationConfig?.OnFailure?.Destination ?? ''
    if (destination === '') return undefined
    checkNotOwnStream(destination, this.#stream.name)
    if (this.#destinations === undefined) throw new InvalidMappingError(`Destinations such as ${destination} cannot be opened here.`)
    return this.#destinations.open(destination)
  }

  #failed(error: unknown): void {
    if (typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === false) throw error
    this.#context.warnings.warn(
      'stream-failing',
      `The stream "${this.#stream.name}" cannot be read, and is tried again: ${messageOf(error)}`,
    )
  }
}

function filteredSource({ kafka }: Stream): FilteredSource {
  return kafka === undefined ? 'stream' : 'kafka'
}

function batchingPolicy(parameters: MappingParameters, { kafka }: Stream): BatchingPolicy {
  return new BatchingPolicy(batchLimits(parameters, kafka !== undefined), parameters.MaximumBatchingWindowInSeconds * 1000)
}
