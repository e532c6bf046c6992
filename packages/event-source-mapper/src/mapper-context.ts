import type { DestinationWriter, Invoker } from '@millrace/function'
import type { Clock, DeadLetterStore } from '@millrace/stream'
import type { AdaptiveConcurrency } from './adaptive-concurrency.ts'
import type { BatchingPolicy } from './batching-policy.ts'
import type { BufferedBytes } from './buffered-bytes.ts'
import type { RecordFilter } from './filter/filter-criteria.ts'
import type { MapperCounters } from './mapper-counters.ts'
import type { MappingParameters } from './mapping-parameters.ts'
import type { Warnings } from './warnings.ts'

/** What all shards of one mapper share. An update replaces `functionName`, `parameters` and what is made of them: they are read when they are needed, and not kept. */
export interface MapperContext {
  readonly uuid: string
  readonly functionName: string
  readonly invoker: Invoker
  readonly deadLetters: DeadLetterStore
  readonly parameters: MappingParameters
  /** Of the parameters' DestinationConfig; undefined where there is none. */
  readonly destination: DestinationWriter | undefined
  /** Of the parameters' FilterCriteria; undefined where every record passes. */
  readonly filter: RecordFilter | undefined
  readonly policy: BatchingPolicy
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
  readonly warnings: Warnings
  readonly counters: MapperCounters
  readonly concurrency: AdaptiveConcurrency
  readonly buffered: BufferedBytes
}

/** How the work on a shard ends. */
export interface ShardSignals {
  /** No further invocation begins: the mapper stops, or the shard was revoked. What is in hand may be settled unless `stop` says otherwise. */
  readonly drain: AbortSignal
  /** Nothing may be settled any more: the shard was revoked, or the grace is over. */
  readonly stop: AbortSignal
  /** Ends invocations: the grace is over. */
  readonly hard: AbortSignal
}
