import type { OptionValues } from '../options/option.ts'
import { serve } from '../system/serve.ts'
import { defaultDefinition } from '../template/default-definition.ts'
import { loadTemplate } from '../template/load-template.ts'
import { normalizerFrom } from './normalizer-from.ts'
import type { upOptions } from './up-options.ts'

/** `millrace up`: serves until it is interrupted, or a part fails that it cannot do without. */
export async function up(options: OptionValues<typeof upOptions>, signal: AbortSignal): Promise<void> {
  const definition = options.template === undefined ? defaultDefinition : await loadTemplate(options.template)
  for (const warning of definition.warnings) console.error(`millrace: ${options.template}: ${warning}`)
  const server = await serve({
    ...options,
    dataDirectory: options.data,
    definition,
    normalizer: normalizerFrom(options),
    onWarning: (message) => console.error(`millrace: ${message}`),
    onFunctionLog: (line) => console.log(`[${line.functionName}] ${line.text}`),
  })
  const streams = definition.streams.map((stream) => stream.name).join(', ')
  console.log(`millrace is ready at ${server.url} (data in ${options.data}, streams: ${streams || 'none'})`)
  const interrupted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const failure = await Promise.race([interrupted, server.system.failed])
  if (failure === undefined) console.error('millrace: settling the work in hand …')
  await server.close()
  if (failure !== undefined) throw failure
}
