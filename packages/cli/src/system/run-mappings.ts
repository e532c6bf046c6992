import { setTimeout as wait } from 'node:timers/promises'
import {
  createEventSourceMapper,
  createEventSourceMappings,
  type FunctionsInView,
  type MappingControl,
  runMappingControl,
  type MappingDefinition,
  seedMappings,
  sourceOf,
} from '@millrace/event-source-mapper'
import type { Destinations, EventSourceMappings } from '@millrace/function'
import type { FunctionRuntime } from '@millrace/function-runtime'
import type { Stream } from '@millrace/stream'
import { logIndexerName, type SystemDefinition } from '../template/system-definition.ts'
import { ForeignTopics } from './backends/foreign-topics.ts'
import type { Streams } from './backends/open-streams.ts'
import { systemClock } from './system-clock.ts'

/** Mappings at work, and who changes them. */
export interface RunningMappings extends Pick<MappingControl, 'mappings' | 'failed' | 'stop'> {
  /** Lambda's API. */
  readonly api: EventSourceMappings
  /** What a mapping reads from. Rejects with `StreamNotFoundError`. */
  sourceOf(definition: MappingDefinition): Promise<Stream>
  /** Resolves when no stream has an unsettled record that a mapping of this process works on; rejects with the signal's reason. */
  settled(signal: AbortSignal): Promise<void>
}

export interface RunMappingsOptions {
  readonly streams: Streams
  readonly runtime: FunctionRuntime
  readonly destinations: Destinations
  readonly definition: SystemDefinition
  /** Whether mappings are run here: the role mapper. */
  readonly runs: boolean
  readonly onWarning: (message: string) => void
}

const settledPollMs = 20

/** Makes the mappings of the template as far as they are new, and runs all that there are until they are stopped. */
export async function runMappings(options: RunMappingsOptions): Promise<RunningMappings> {
  const { streams, runtime, destinations, definition, runs, onWarning } = options
  const { resources } = streams
  const clock = systemClock
  const topics = new ForeignTopics(onWarning)
  const functions: FunctionsInView = { names: () => runtime.functions().map(({ name }) => name), parameterDefaults }
  await seedMappings({ resources, clock, mappings: definition.mappings, deletesOthers: definition.isTemplate, onWarning })
  const control = await runMappingControl({
    resources,
    streams,
    topics,
    functions,
    createMapper: async (mapping, parameters) =>
      createEventSourceMapper({
        uuid: mapping.uuid,
        stream: await sourceOf({ streams, topics }, mapping),
        functionName: mapping.functionName,
        invoker: runtime,
        deadLetters: streams.deadLetters,
        destinations,
        functionLoad: (name) => runtime.stats().get(name),
        parameters,
        clock,
        random: Math.random,
        onWarning: (warning) => onWarning(warning.message),
      }),
    runs,
    clock,
    random: Math.random,
    onWarning,
  })
  return {
    mappings: () => control.mappings(),
    failed: control.failed,
    stop: async () => {
      await control.stop()
      await topics.close()
    },
    sourceOf: (mapping) => sourceOf({ streams, topics }, mapping),
    api: createEventSourceMappings({ resources, streams, functions, destinations, clock, newUuid: () => crypto.randomUUID() }),
    settled: async (signal) => {
      for (const mapping of control.mappings().filter(({ isRunning, definition: { kafka } }) => isRunning && kafka === undefined)) {
        const stream = await streams.get(mapping.definition.streamName)
        for (;;) {
          const lags = await stream.lag(mapping.definition.uuid)
          if (lags.every((lag) => lag.oldestUnsettledTimestamp === undefined)) break
          await wait(settledPollMs, undefined, { signal })
        }
      }
    },
  }
}

/** Under a function's own parameters, over the schema's. */
export function parameterDefaults(functionName: string): object {
  if (functionName !== logIndexerName) return { payload: 'lambda' }
  // An overloaded index is waited for without limit; a record that fails by itself is given up after a few tries. More batches at once than keep a machine and an index busy would only
  // take memory: a batch each, and their execution environments.
  return { payload: 'batch', BatchSize: 5_000, MaximumRetryAttempts: 5, concurrencyMax: 16 }
}
