import type { KnownMapping, MappingDefinition } from '@millrace/event-source-mapper'
import type { Coordination, EventSourceMappings, Replays } from '@millrace/function'
import type { FunctionRuntime } from '@millrace/function-runtime'
import type { LogSearch } from '@millrace/log-index'
import type { DeadLetterStore, ResourceStore, Stream, StreamRegistry } from '@millrace/stream'
import type { Role } from '../options/common.ts'
import type { RunningFunctions } from './run-functions.ts'

/** The parts of a running Millrace, put together. Which backends they stand on is known to whoever opened it alone. */
export interface System {
  readonly streams: StreamRegistry
  readonly resources: ResourceStore
  readonly deadLetters: DeadLetterStore
  readonly index: LogSearch
  readonly runtime: FunctionRuntime
  /** Settings of functions, and their asynchronous invocations. */
  readonly functions: RunningFunctions
  /** Limits on concurrency and rates: of all processes, or of this one alone. */
  readonly coordination: Coordination
  /** As they are at the time of asking. */
  readonly mappings: readonly KnownMapping[]
  /** What a mapping reads from: a stream, or a Kafka topic that is none. Rejects with a `StreamError`. */
  sourceOf(definition: MappingDefinition): Promise<Stream>
  /** Lambda's API of mappings. */
  readonly eventSourceMappings: EventSourceMappings
  /** Past records through functions once more. */
  readonly replays: Replays
  readonly roles: ReadonlySet<Role>
  /** The parts that everything stands on. */
  readonly parts: readonly Part[]
  /** Resolves with the reason when a part has failed that the system cannot do without. */
  readonly failed: Promise<Error>
  /** Resolves when every record that is in a mapped stream is settled. */
  settled(signal: AbortSignal): Promise<void>
  /** Settles the work in hand, then closes everything, in the order of the way of a record. */
  close(): Promise<void>
}

export interface Part {
  readonly name: 'stream' | 'index'
  /** A thread of this process, which nothing but a new process mends. */
  readonly embedded: boolean
  /** Resolves when it has answered. */
  ping(): Promise<void>
}
