import { fileURLToPath } from 'node:url'
import { createEventSourceMapper, parseMappingParameters } from '@millrace/event-source-mapper'
import type { Payload } from '@millrace/function'
import { createFunctionRuntime, type FunctionDefinition, type FunctionRuntime } from '@millrace/function-runtime'
import { createMemoryStreams, encodeAppended, RecordBatch, type RecordSource, systemClock } from '@millrace/stream'
import { type BenchmarkResult, type Measure, measure, quantile } from './lib/result.ts'

const directory = fileURLToPath(new URL('handlers/', import.meta.url))
const native: FunctionDefinition = {
  kind: 'native',
  name: 'f',
  module: new URL('handlers/empty.ts', import.meta.url),
  export: 'createEmpty',
  init: () => ({ data: undefined }),
}

/**
 * What it costs to invoke a function, and how fast concurrency grows. Handlers do nothing, or wait: their own work is not in the figures. The stream of the
 * last measure is in memory.
 */
export async function mapper(): Promise<BenchmarkResult> {
  return { measures: [...(await warm()), ...(await throughput()), ...(await shared()), ...(await single()), await parallelization()] }
}

async function withRuntime<Result>(definition: FunctionDefinition, use: (runtime: FunctionRuntime) => Promise<Result>): Promise<Result> {
  const runtime = createFunctionRuntime({ functions: [definition] })
  try {
    return await use(runtime)
  } finally {
    await runtime.close()
  }
}

function recordsPayload(count: number): Payload {
  const source: RecordSource = {
    streamName: 's',
    incarnation: 'i',
    shard: { shardId: 'shardId-000000000000', index: 0, createdTimestamp: 1 },
  }
  const line = Buffer.from('x'.repeat(250))
  const put = Array.from({ length: count }, (_, index) => ({ data: line, partitionKey: `key-${index % 50}` }))
  return { kind: 'records', source, records: new RecordBatch(source, encodeAppended(put, 0, Date.now())).records() }
}

async function warm(): Promise<Measure[]> {
  const measures: Measure[] = []
  for (const [what, definition] of [
    ['batch handler', native],
    ['Lambda handler', { kind: 'lambda', name: 'f', directory, handler: 'waits.nothing' }],
  ] as const) {
    const { cpuUs, times } = await withRuntime(definition, async (runtime) => {
      const payload = recordsPayload(100)
      for (let count = 0; count < 2_000; count++) await runtime.invoke('f', payload)
      // The best of several rounds: what the code costs when nothing disturbs it.
      let best = { cpuUs: Number.POSITIVE_INFINITY, times: [] as number[] }
      for (let round = 0; round < 8; round++) {
        const times: number[] = []
        const before = process.cpuUsage()
        for (let count = 0; count < 2_000; count++) {
          const begin = performance.now()
          await runtime.invoke('f', payload)
          times.push(performance.now() - begin)
        }
        const { user, system } = process.cpuUsage(before)
        const cpuUs = (user + system) / times.length
        if (cpuUs < best.cpuUs) best = { cpuUs, times }
      }
      return best
    })
    measures.push(
      measure(`warm invocation of 100 records, ${what}: CPU of both threads`, cpuUs, 'us', { atMost: 100 }),
      measure(`warm invocation of 100 records, ${what}: p99`, quantile(times, 0.99), 'ms', { atMost: 1 }),
    )
  }
  return measures
}

/** Both threads together may use one core. */
async function throughput(): Promise<Measure[]> {
  const batch = 5_000
  const payload = recordsPayload(batch)
  return withRuntime(native, async (runtime) => {
    for (let count = 0; count < 50; count++) await runtime.invoke('f', payload)
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 8; round++) {
      const before = process.cpuUsage()
      for (let count = 0; count < 50; count++) await runtime.invoke('f', payload)
      const { user, system } = process.cpuUsage(before)
      best = Math.min(best, (user + system) / (50 * batch))
    }
    return [measure('records through an empty batch handler, per second of CPU', 1e6 / best, 'records/s', { atLeast: 500_000 })]
  })
}

async function shared(): Promise<Measure[]> {
  const definition = {
    kind: 'lambda',
    name: 'f',
    directory,
    handler: 'waits.second',
    concurrencyPerEnvironment: 50,
    timeoutSeconds: 30,
  } as const
  const before = process.memoryUsage.rss()
  return withRuntime(definition, async (runtime) => {
    const { startedMs, rssBytes } = await grow(runtime, 1_000)
    return [
      measure('0 to 1,000 executions, 50 an environment: all begun', startedMs, 'ms', { atMost: 2_000 }),
      measure('0 to 1,000 executions, 50 an environment: memory', (rssBytes - before) / 1_048_576, 'MiB', { atMost: 500 }),
    ]
  })
}

async function single(): Promise<Measure[]> {
  const definition = { kind: 'lambda', name: 'f', directory, handler: 'waits.second', timeoutSeconds: 30 } as const
  return withRuntime(definition, async (runtime) => {
    const { startedMs } = await grow(runtime, 100)
    return [measure('0 to 100 environments of one execution: all begun', startedMs, 'ms', { atMost: 5_000 })]
  })
}

/** Invokes all at once; `startedMs` is when the last of them has begun, which is its end without the second that it waits. */
async function grow(runtime: FunctionRuntime, count: number): Promise<{ readonly startedMs: number; readonly rssBytes: number }> {
  const begin = performance.now()
  let rssBytes = 0
  const sampler = setInterval(() => (rssBytes = Math.max(rssBytes, process.memoryUsage.rss())), 50)
  const results = await Promise.all(Array.from({ length: count }, () => runtime.invoke('f', { kind: 'json', json: '{}' })))
  clearInterval(sampler)
  const failed = results.find(({ kind }) => kind !== 'success')
  if (failed !== undefined) throw new Error(`An invocation did not succeed: ${JSON.stringify(failed)}`)
  return { startedMs: performance.now() - begin - 1_000, rssBytes }
}

/** The same records through a mapping of one shard, by its factor. */
async function parallelization(): Promise<Measure> {
  const [one, ten] = [await drain(1), await drain(10)]
  return measure('ParallelizationFactor 10 against 1, a handler of 50 ms', one / ten, 'times as fast', { atLeast: 9 })
}

/** Milliseconds until 10,000 records of as many keys are handled, in batches of 20. */
async function drain(ParallelizationFactor: number): Promise<number> {
  const streams = createMemoryStreams()
  const stream = await streams.create('s', { shardCount: 1, retentionHours: 24 })
  const definition = {
    kind: 'lambda',
    name: 'f',
    directory,
    handler: 'waits.fiftyMs',
    timeoutSeconds: 30,
    provisionedConcurrency: 10,
  } as const
  return withRuntime(definition, async (runtime) => {
    while ((runtime.stats().get('f')?.environments ?? 0) - (runtime.stats().get('f')?.startingEnvironments ?? 0) < 10) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const data = Buffer.from('x'.repeat(250))
    await stream.put(Array.from({ length: 10_000 }, (_, index) => ({ data, partitionKey: `key-${index}` })))
    const run = createEventSourceMapper({
      uuid: 'u',
      stream,
      functionName: 'f',
      invoker: runtime,
      deadLetters: streams.deadLetters,
      parameters: parseMappingParameters(
        { payload: 'lambda', StartingPosition: 'TRIM_HORIZON', BatchSize: 20, ParallelizationFactor },
        Date.now(),
      ),
      clock: systemClock,
      random: Math.random,
    })
    const stop = new AbortController()
    const begin = performance.now()
    const running = run.run(stop.signal)
    while (run.stats().settled < 10_000) await new Promise((resolve) => setTimeout(resolve, 2))
    const drained = performance.now() - begin
    stop.abort()
    await running
    await streams.close()
    return drained
  })
}
