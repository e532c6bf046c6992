import type { EventInvokeSettings } from '@millrace/function'
import type { Transferable } from 'node:worker_threads'

/** A function, as its owner describes it. */
export type FunctionDefinition = LambdaFunctionDefinition | NativeFunctionDefinition

/** What every function has. Names, ranges and defaults are Lambda's where Lambda has them. */
export interface FunctionSettings {
  /** `[a-zA-Z0-9-_]{1,64}` */
  readonly name: string
  /** 1 to 900 s, 3 by default. */
  readonly timeoutSeconds?: number
  /** 128 to 10,240 MB, 128 by default. */
  readonly memorySizeMb?: number
  readonly environment?: Readonly<Record<string, string>>
  /** Invocations that run in one environment at once: 1 to 1,000, 1 by default. More is for handlers that mostly wait. */
  readonly concurrencyPerEnvironment?: number
  /** Takes this many executions out of the account's concurrency, for this function alone and at most. 0 turns the function off. */
  readonly reservedConcurrency?: number
  /** An environment that was not used for this long is ended. 60,000 ms by default. */
  readonly idleTimeoutMs?: number
  /** Executions that environments are kept ready for at all times, in all processes together. 0 by default. */
  readonly provisionedConcurrency?: number
  readonly description?: string
  /** Of asynchronous invocation. */
  readonly eventInvoke?: EventInvokeSettings
  /** Where events go that asynchronous invocation gave up: Lambda's DeadLetterConfig. */
  readonly deadLetterTarget?: string
}

/** A handler written for Lambda. */
export interface LambdaFunctionDefinition extends FunctionSettings {
  readonly kind: 'lambda'
  /** Absolute; what would be the root of the deployment package. */
  readonly directory: string
  /** `path/file.export`, without the file's extension. */
  readonly handler: string
}

/** Millrace's own kind: a module that exports a `BatchHandlerFactory`. */
export interface NativeFunctionDefinition extends FunctionSettings {
  readonly kind: 'native'
  readonly module: URL
  /** Name under which the module exports the factory. */
  readonly export: string
  /** Called for each environment; what it answers is handed to the factory, and may hold ports. */
  init(): { readonly data: unknown; readonly transfer?: readonly Transferable[] }
}

/** With the defaults filled in. */
export type ResolvedFunction = Required<
  Omit<FunctionSettings, 'reservedConcurrency' | 'description' | 'eventInvoke' | 'deadLetterTarget'>
> & {
  readonly reservedConcurrency: number | undefined
  readonly definition: FunctionDefinition
}

/** A function definition breaks a limit; the message says which, and what was given. */
export class InvalidFunctionError extends Error {
  readonly retryable = false
  override readonly name = 'InvalidFunctionError'
}

/** Fills in the defaults and checks the limits. Throws `InvalidFunctionError`. */
export function resolveFunction(definition: FunctionDefinition): ResolvedFunction {
  const { name } = definition
  if (!/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
    throw new InvalidFunctionError(`"${name}" cannot be the name of a function: use 1 to 64 letters, digits, "-" and "_".`)
  }
  const whole = (setting: keyof FunctionSettings, value: number, min: number, max: number): number => {
    if (Number.isInteger(value) && value >= min && value <= max) return value
    throw new InvalidFunctionError(`${setting} of the function "${name}" is ${value}; it has to be a whole number from ${min} to ${max}.`)
  }
  const reserved = definition.reservedConcurrency
  return {
    definition,
    name,
    timeoutSeconds: whole('timeoutSeconds', definition.timeoutSeconds ?? 3, 1, 900),
    memorySizeMb: whole('memorySizeMb', definition.memorySizeMb ?? 128, 128, 10_240),
    environment: definition.environment ?? {},
    concurrencyPerEnvironment: whole('concurrencyPerEnvironment', definition.concurrencyPerEnvironment ?? 1, 1, 1_000),
    reservedConcurrency: reserved === undefined ? undefined : whole('reservedConcurrency', reserved, 0, 1_000_000),
    idleTimeoutMs: whole('idleTimeoutMs', definition.idleTimeoutMs ?? 60_000, 0, 2_147_483_647),
    provisionedConcurrency: whole('provisionedConcurrency', definition.provisionedConcurrency ?? 0, 0, 100_000),
  }
}
