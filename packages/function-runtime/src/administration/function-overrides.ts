import type { DeadLetterConfig, EventInvokeSettings } from '@millrace/function'
import { type JsonValue, NewerVersionError } from '@millrace/stream'

/** Settings of a function that were changed over the API, in AWS's names: they stand over those of its definition. */
export interface FunctionOverrides {
  /** Digest of the definition that they were made over: a template that was changed since wins over them. */
  readonly definition: string
  readonly configuration?: ConfigurationOverrides
  /** null: reserves none, whatever the definition says. */
  readonly ReservedConcurrentExecutions?: number | null
  /** 0: none. */
  readonly ProvisionedConcurrentExecutions?: number
  readonly provisionedTimestamp?: number
  /** null: there is none, whatever the definition says. */
  readonly eventInvoke?: EventInvokeOverrides | null
  readonly revision: string
  /** Of the configuration, milliseconds since the epoch. */
  readonly modifiedTimestamp?: number
}

export interface ConfigurationOverrides {
  readonly Description?: string
  readonly Handler?: string
  readonly Timeout?: number
  readonly MemorySize?: number
  readonly Environment?: Readonly<Record<string, string>>
  readonly DeadLetterConfig?: DeadLetterConfig
}

export interface EventInvokeOverrides extends EventInvokeSettings {
  /** Milliseconds since the epoch. */
  readonly modifiedTimestamp: number
}

const format = 1

/** As it is kept. */
export function writeOverrides(overrides: FunctionOverrides): JsonValue {
  return JSON.parse(JSON.stringify({ format, ...overrides })) as JsonValue
}

/** Throws `NewerVersionError` for what a newer Millrace has written. */
export function readOverrides(value: JsonValue): FunctionOverrides {
  const { format: found, ...overrides } = value as unknown as FunctionOverrides & { readonly format: number }
  if (found > format) throw new NewerVersionError('The settings of a function', found, format)
  return overrides
}
