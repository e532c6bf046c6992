import type { Clock, ResourceStore } from '@millrace/stream'
import type { EventSourceMapper } from '../event-source-mapper.ts'
import type { MappingParameters } from '../mapping-parameters.ts'
import type { EventSources, FunctionsInView, MappingDefinition } from './mapping-definition.ts'

export interface MappingControlOptions extends EventSources {
  readonly resources: ResourceStore
  readonly functions: FunctionsInView
  /** Makes the mapper of a mapping with its effective parameters, which is not running yet. Rejects with a `StreamError` where its stream is not there. */
  readonly createMapper: (definition: MappingDefinition, parameters: MappingParameters) => Promise<EventSourceMapper>
  /** Whether mappings are run here. Elsewhere they are known, and left to the other processes. */
  readonly runs: boolean
  readonly clock: Clock
  /** Numbers in [0, 1), for the jitter of waits. */
  readonly random: () => number
  readonly onWarning: (message: string) => void
}

/** A mapping, as this process has it. */
export interface KnownMapping {
  readonly definition: MappingDefinition
  /** It works where `isRunning` says so; else it tells that it does not. */
  readonly mapper: EventSourceMapper
  readonly isRunning: boolean
}
