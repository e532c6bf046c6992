import { type Destinations, InvalidParameterValueException } from '@millrace/function'
import {
  type AsyncInvocations,
  createAsyncInvocations,
  createFunctionAdministration,
  type FunctionDefinition,
  type FunctionRuntime,
  type RunningFunctionAdministration,
} from '@millrace/function-runtime'
import type { Role } from '../options/common.ts'
import type { Streams } from './backends/open-streams.ts'
import { systemClock } from './system-clock.ts'
import { within } from './within.ts'

/** The settings of functions, and their asynchronous invocations. */
export interface RunningFunctions {
  readonly administration: RunningFunctionAdministration
  readonly asynchronous: AsyncInvocations
  /** Resolves with the error that ended one of them. */
  readonly failed: Promise<Error>
  /** Takes no more events, and resolves when those that run have ended, or their time is over. */
  stop(): Promise<void>
}

export interface RunFunctionsOptions {
  readonly runtime: FunctionRuntime
  readonly streams: Streams
  readonly destinations: Destinations
  readonly definitions: readonly FunctionDefinition[]
  readonly roles: ReadonlySet<Role>
  readonly warn: (message: string) => void
}

/** Settings from before this start are waited for so long; what comes later is taken over when it comes. */
const settingsTimeoutMs = 10_000

/** Resolves when functions have the settings that were changed before this start. */
export async function runFunctions(options: RunFunctionsOptions): Promise<RunningFunctions> {
  const { runtime, streams, destinations, definitions, roles, warn } = options
  const services = { clock: systemClock, warn }
  const administration = createFunctionAdministration({
    ...services,
    runtime,
    resources: streams.resources,
    functions: definitions,
    revision: () => crypto.randomUUID(),
    checkDestination: (destination) => {
      try {
        destinations.open(destination)
      } catch (error) {
        throw new InvalidParameterValueException(error instanceof Error ? error.message : String(error))
      }
    },
  })
  const asynchronous = createAsyncInvocations({
    ...services,
    invoker: runtime,
    streams,
    deadLetters: streams.deadLetters,
    destinations,
    functionNames: () => definitions.map(({ name }) => name),
    settingsOf: (name) => administration.asyncSettingsOf(name),
    random: Math.random,
    requestId: () => crypto.randomUUID(),
  })
  const stopping = new AbortController()
  const failures = Promise.withResolvers<Error>()
  const watched = (what: string, work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      if (!stopping.signal.aborted) failures.resolve(new Error(`${what}: ${String(error)}`, { cause: error }))
    })
  const runs = [watched('The settings of functions cannot be followed', administration.run(stopping.signal))]
  await within(settingsTimeoutMs, systemClock, administration.ready).catch(() => warn('Changed settings of functions are not known yet.'))
  if (roles.has('mapper')) runs.push(watched('Asynchronous invocations cannot be run', asynchronous.run(stopping.signal)))
  return {
    administration,
    asynchronous,
    failed: failures.promise,
    stop: async () => {
      stopping.abort(new Error('The functions are stopped.'))
      await Promise.all(runs)
    },
  }
}
