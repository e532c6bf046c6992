import { releaseMemory } from '../memory-settings.ts'
import type { OptionValues } from '../options/option.ts'
import { serve } from '../system/serve.ts'
import { systemClock } from '../system/system-clock.ts'
import { CodeWatch, type FunctionLogLine, type FunctionRuntime } from '@millrace/function-runtime'
import { defaultDefinition } from '../template/default-definition.ts'
import { loadTemplate } from '../template/load-template.ts'
import { logIndexerName } from '../template/system-definition.ts'
import { normalizerFrom } from './normalizer-from.ts'
import type { upOptions } from './up-options.ts'

/** `millrace up`: serves until it is interrupted, or a part fails that it cannot do without. */
export async function up(options: OptionValues<typeof upOptions>, signal: AbortSignal): Promise<void> {
  const definition = options.template === undefined ? defaultDefinition : await loadTemplate(options.template)
  for (const warning of definition.warnings) console.error(`millrace: ${options.template}: ${warning}`)
  const server = await serve({
    ...options,
    backends: options,
    dataDirectory: options.data,
    drainDelayMs: options.drainDelay * 1000,
    definition,
    normalizer: normalizerFrom(options),
    onWarning: (message) => console.error(`millrace: ${message}`),
    onFunctionLog: printFunctionLog,
  })
  const streams = definition.streams.map((stream) => stream.name).join(', ')
  console.log(`millrace is ready at ${server.url} (${whereabouts(options)}, streams: ${streams || 'none'})`)
  const interrupted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const watch = options.watch ? await watchCode(server.system.runtime) : undefined
  const stopReleasing = releaseMemory(() => server.system.mappings.reduce((sum, { mapper }) => sum + mapper.stats().settled, 0))
  const failure = await Promise.race([interrupted, server.system.failed])
  stopReleasing()
  watch?.close()
  if (failure === undefined) {
    if (options.drainDelay > 0) console.error(`millrace: not ready any more; requests are taken for ${options.drainDelay} s`)
    await server.drain()
    console.error('millrace: settling the work in hand …')
  }
  await server.close()
  if (failure !== undefined) throw failure
}

/** What was edited runs from the next invocation on. */
function watchCode(runtime: FunctionRuntime): Promise<CodeWatch> {
  return CodeWatch.start({
    functions: runtime.functions().map(({ definition }) => definition),
    clock: systemClock,
    onChange: (names) => {
      console.log(`millrace: ${names.join(', ')} changed`)
      for (const name of names) runtime.renew(name)
    },
  })
}

/** Where records and documents are: what a user looks for when something is not found. */
function whereabouts(options: OptionValues<typeof upOptions>): string {
  const { kafka, elasticsearch, elasticsearchCloudId, data } = options
  const index = elasticsearch.length > 0 ? elasticsearch.join(', ') : elasticsearchCloudId
  if (kafka.length === 0 && index === undefined) return `data in ${data}`
  return `records in ${kafka.length > 0 ? `Kafka at ${kafka.join(', ')}` : data}, documents in ${index ?? data}`
}

/** What the built-in function logs of itself is START, END and REPORT of every batch: its figures are in `millrace stats`. */
function printFunctionLog({ functionName, line }: FunctionLogLine): void {
  if (functionName === logIndexerName && /^(START|END|REPORT) RequestId/.test(line)) return
  console.log(`[${functionName}] ${line}`)
}
