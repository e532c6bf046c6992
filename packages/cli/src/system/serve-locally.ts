import { backendOptions } from '../options/backends.ts'
import { roles } from '../options/common.ts'
import { readOptions } from '../options/option.ts'
import { defaultDefinition } from '../template/default-definition.ts'
import { loadTemplate } from '../template/load-template.ts'
import { type Server, serve } from './serve.ts'

/** Serves a data directory for the length of one command, on a free port of loopback. */
export async function serveLocally(options: {
  readonly data: string
  readonly template: string | undefined
  readonly normalizer?: Parameters<typeof serve>[0]['normalizer']
  readonly namespace?: string
}): Promise<Server> {
  return serve({
    backends: readOptions(backendOptions, {}, {}),
    dataDirectory: options.data,
    roles: new Set(roles),
    drainDelayMs: 0,
    definition: options.template === undefined ? defaultDefinition : await loadTemplate(options.template),
    normalizer: options.normalizer ?? {},
    namespace: options.namespace ?? 'default',
    indexRetentionDays: undefined,
    host: '127.0.0.1',
    port: 0,
    apiKeys: [],
    allowedHosts: [],
    tlsCert: undefined,
    tlsKey: undefined,
    trustProxy: false,
    onWarning: (message) => console.error(`millrace: ${message}`),
    onFunctionLog: () => {},
  })
}
