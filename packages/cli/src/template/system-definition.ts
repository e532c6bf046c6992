import type { MappingParametersInput } from '@millrace/event-source-mapper'
import type { EventInvokeSettings } from '@millrace/function'

/** What runs: the streams, the functions, and which function handles which stream. Made from a template, or `defaultDefinition`. */
export interface SystemDefinition {
  readonly streams: readonly StreamDefinition[]
  readonly functions: readonly FunctionResource[]
  readonly mappings: readonly MappingDefinition[]
  /** Properties that mean something on AWS and nothing here: said once at start. */
  readonly warnings: readonly string[]
}

export interface StreamDefinition {
  readonly name: string
  readonly shardCount: number
  readonly retentionHours: number
}

export interface FunctionResource {
  readonly name: string
  /** `path/file.export`, below `directory`. */
  readonly handler: string
  /** Absolute. */
  readonly directory: string
  readonly timeoutSeconds: number
  readonly memorySizeMb: number
  readonly environment: Readonly<Record<string, string>>
  readonly concurrencyPerEnvironment: number
  readonly reservedConcurrency?: number
  readonly provisionedConcurrency?: number
  readonly description?: string
  /** Of asynchronous invocation. */
  readonly eventInvoke?: EventInvokeSettings
  /** Where events go that asynchronous invocation gave up. */
  readonly deadLetterTarget?: string
}

export interface MappingDefinition {
  /** Follows from the template's names, so that a restart finds its checkpoints. */
  readonly uuid: string
  readonly streamName: string
  readonly functionName: string
  /** As they are given, in AWS's names; what is left out has the function's or the schema's default. */
  readonly parameters: MappingParametersInput
}

/** Name of the built-in function that normalizes records and indexes them. */
export const logIndexerName = 'log-indexer'
