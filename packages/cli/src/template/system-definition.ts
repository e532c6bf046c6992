import type { MappingDefinition } from '@millrace/event-source-mapper'
import type { EventInvokeSettings } from '@millrace/function'

/** What runs: the streams, the functions, and which function handles which stream. Made from a template, or `defaultDefinition`. */
export interface SystemDefinition {
  /** Whether a template says so. Without one, nothing is taken away that a template has made. */
  readonly isTemplate: boolean
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

/** Name of the built-in function that normalizes records and indexes them. */
export const logIndexerName = 'log-indexer'
