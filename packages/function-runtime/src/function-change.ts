import {
  type FunctionDefinition,
  type FunctionSettings,
  InvalidFunctionError,
  resolveFunction,
  type ResolvedFunction,
} from './function-definition.ts'

/** Settings of a function that are to be others. What is left out stays; `undefined` for the concurrency means that none is reserved. */
export interface FunctionChange
  extends Pick<FunctionSettings, 'timeoutSeconds' | 'memorySizeMb' | 'environment' | 'provisionedConcurrency'> {
  /** Of a Lambda handler. */
  readonly handler?: string
  readonly reservedConcurrency?: number | undefined
}

/** The function with the change. Throws `InvalidFunctionError`. */
export function changeFunction(fn: ResolvedFunction, change: FunctionChange): ResolvedFunction {
  const { timeoutSeconds, memorySizeMb, environment, provisionedConcurrency } = fn
  const settings = { timeoutSeconds, memorySizeMb, environment, provisionedConcurrency }
  const { reservedConcurrency, ...other } = { reservedConcurrency: fn.reservedConcurrency, ...change }
  const { reservedConcurrency: _before, ...definition } = fn.definition
  const changed = { ...definition, ...settings, ...other } as FunctionDefinition
  return resolveFunction(reservedConcurrency === undefined ? changed : { ...changed, reservedConcurrency })
}

/** Whether environments of the one are environments of the other too. */
export function sameEnvironment(a: ResolvedFunction, b: ResolvedFunction): boolean {
  const text = ({ timeoutSeconds, memorySizeMb, environment, definition }: ResolvedFunction): string =>
    JSON.stringify([
      timeoutSeconds,
      memorySizeMb,
      environment,
      definition.kind === 'lambda' ? [definition.directory, definition.handler] : [],
    ])
  return text(a) === text(b)
}

/** What functions reserve, by name. Throws `InvalidFunctionError` where it is more than there is, or a name is there twice. */
export function reservedConcurrency(functions: readonly ResolvedFunction[], accountMax: number): Map<string, number> {
  const names = new Set<string>()
  const reservations = new Map<string, number>()
  let reserved = 0
  for (const fn of functions) {
    if (names.has(fn.name)) throw new InvalidFunctionError(`Two functions are called "${fn.name}".`)
    names.add(fn.name)
    if (fn.reservedConcurrency === undefined) continue
    reserved += fn.reservedConcurrency
    reservations.set(fn.name, fn.reservedConcurrency)
  }
  if (reserved > accountMax) {
    throw new InvalidFunctionError(`The functions reserve a concurrency of ${reserved} together, and there is ${accountMax}. Reserve less.`)
  }
  return reservations
}
