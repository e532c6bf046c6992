import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createReplays } from '@millrace/event-source-mapper'
import { createFunctionRuntime, type FunctionDefinition, type FunctionLogLine } from '@millrace/function-runtime'
import { compareDocuments } from '@millrace/log-index'
import type { NormalizerOptions } from '@millrace/log-normalizer'
import { type Stream, StreamExistsError, StreamNotFoundError, type StreamRegistry } from '@millrace/stream'
import type { Role } from '../options/common.ts'
import type { LogIndexerInit } from '../functions/log-indexer.ts'
import { type FunctionResource, logIndexerName, type StreamDefinition, type SystemDefinition } from '../template/system-definition.ts'
import { namingSettings } from './backends/name-settings.ts'
import { openCoordination } from './backends/open-coordination.ts'
import { type Index, openIndex, usesElasticsearch } from './backends/open-index.ts'
import { type BackendSettings, openStreams } from './backends/open-streams.ts'
import { openDestinations } from './destinations/open-destinations.ts'
import { runFunctions } from './run-functions.ts'
import { parameterDefaults, runMappings } from './run-mappings.ts'
import type { System } from './system.ts'
import { systemClock } from './system-clock.ts'

export interface SystemOptions {
  readonly backends: BackendSettings
  readonly dataDirectory: string
  readonly roles: ReadonlySet<Role>
  readonly definition: SystemDefinition
  readonly normalizer: NormalizerOptions
  readonly namespace: string
  readonly indexRetentionDays: number | undefined
  /** Directory of the buckets; undefined: `s3` in the data directory. */
  readonly s3Directory?: string | undefined
  /** Executions of all functions at once; 1,000 by default. */
  readonly accountConcurrency?: number
  /** New environments of one function in 10 s, in this process; without limit by default. */
  readonly scaleOut?: number | undefined
  /** What the user should know, in a sentence. */
  onWarning(message: string): void
  onFunctionLog(line: FunctionLogLine): void
}

/** Opens the system. What of it is embedded stands in the data directory, which this process has claimed then. */
export async function openSystem(options: SystemOptions): Promise<System> {
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    // In the reverse order of opening, and on even if one fails: what can be closed is.
    const failures: unknown[] = []
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop())
      await closer().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '))
  }
  try {
    const warn = (message: string): void => options.onWarning(message)
    const streams = await openStreams(options.backends, options.dataDirectory, warn)
    closers.push(() => streams.close())
    const { dataDirectory, namespace, indexRetentionDays: retentionDays } = options
    const index = await openIndex(options.backends, { dataDirectory, namespace, retentionDays }, warn)
    closers.push(() => index.close())
    const coordination = await openCoordination(options.backends, warn)
    closers.push(() => coordination.close())
    const definitions = [logIndexerDefinition(options, index), ...options.definition.functions.map(lambdaDefinition)]
    const runtime = createFunctionRuntime({
      functions: definitions,
      coordination,
      clock: systemClock,
      ...(options.accountConcurrency === undefined ? {} : { accountConcurrencyMax: options.accountConcurrency }),
      ...(options.scaleOut === undefined ? {} : { scaleOutPer10Seconds: options.scaleOut }),
      onLog: (line) => options.onFunctionLog(line),
    })
    closers.push(() => runtime.close())
    const destinations = openDestinations({
      streams,
      topicDestination: streams.topicDestination?.bind(streams),
      s3Directory: options.s3Directory ?? join(dataDirectory, 's3'),
      clock: systemClock,
    })
    const functions = await runFunctions({ runtime, streams, destinations, definitions, roles: options.roles, warn })
    closers.push(() => functions.stop())
    // A topic of the stream's name that is not Millrace's is met here.
    for (const stream of options.definition.streams)
      await namingSettings(options.backends.kafka.length > 0 ? 'topicPrefix' : '', () => ensureStream(streams, stream, warn))
    const { definition, roles } = options
    const running = await runMappings({ streams, runtime, destinations, definition, runs: roles.has('mapper'), onWarning: warn })
    closers.push(() => running.stop())
    return {
      streams,
      resources: streams.resources,
      deadLetters: streams.deadLetters,
      index: index.search,
      runtime,
      functions,
      coordination,
      get mappings() {
        return running.mappings()
      },
      eventSourceMappings: running.api,
      replays: createReplays({
        streams,
        resources: streams.resources,
        invoker: runtime,
        functionNames: () => runtime.functions().map(({ name }) => name),
        parameterDefaults,
        compare: (documents, signal) => compareDocuments(index.search, documents, signal),
        clock: systemClock,
        random: Math.random,
      }),
      roles,
      parts: [
        { name: 'stream', embedded: options.backends.kafka.length === 0, ping: () => streams.ping() },
        { name: 'index', embedded: !usesElasticsearch(options.backends), ping: () => index.ping() },
      ],
      failed: Promise.race([streams.failed, index.failed, functions.failed, running.failed]),
      sourceOf: (mapping) => running.sourceOf(mapping),
      settled: (signal) => running.settled(signal),
      close,
    }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

/** Creates the stream unless it is there. One that is there stays as it is: its records were put by its shards. */
async function ensureStream(streams: StreamRegistry, wanted: StreamDefinition, warn: (message: string) => void): Promise<Stream> {
  try {
    const there = await streams.describe(wanted.name)
    if (there.shardCount !== wanted.shardCount) {
      warn(`The stream "${wanted.name}" has ${there.shardCount} shards and keeps them; the template asks for ${wanted.shardCount}.`)
    }
    if (there.retentionHours !== wanted.retentionHours) {
      warn(
        `The stream "${wanted.name}" keeps records for ${there.retentionHours} h, as it was created; the template asks for ${wanted.retentionHours} h.`,
      )
    }
    return await streams.get(wanted.name)
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error
    try {
      return await streams.create(wanted.name, { shardCount: wanted.shardCount, retentionHours: wanted.retentionHours })
    } catch (failure) {
      if (failure instanceof StreamExistsError) return madeElsewhere(streams, wanted.name)
      throw failure
    }
  }
}

/** Another process of the same system was quicker to create the stream: it is seen here as soon as the registry has come round. */
async function madeElsewhere(streams: StreamRegistry, name: string): Promise<Stream> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await streams.get(name)
    } catch (error) {
      if (!(error instanceof StreamNotFoundError) || attempt === 100) throw error
      await wait(100)
    }
  }
}

function logIndexerDefinition(options: SystemOptions, index: Index): FunctionDefinition {
  return {
    kind: 'native',
    name: logIndexerName,
    module: new URL('../functions/log-indexer.ts', import.meta.url),
    export: 'createLogIndexer',
    // One environment normalizes a batch while others of its batches wait for the index; more processors take more environments.
    concurrencyPerEnvironment: Math.max(1, Math.ceil(16 / availableParallelism())),
    memorySizeMb: 160,
    // Each request to the index is bounded by itself; a batch of possible repeats may make a dozen of them.
    timeoutSeconds: 300,
    // A start costs 60 ms; a thread that waits costs its memory.
    idleTimeoutMs: 10_000,
    init: () => {
      const { sink, transfer } = index.connect()
      const init: LogIndexerInit = { sink, normalizer: options.normalizer, namespace: options.namespace }
      return { data: init, transfer }
    },
  }
}

function lambdaDefinition(resource: FunctionResource): FunctionDefinition {
  return { kind: 'lambda', ...resource }
}
