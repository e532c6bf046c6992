import type { InvocationResult } from '@millrace/function'
import { fileURLToPath } from 'node:url'
import {
  createFunctionRuntime,
  type FunctionLogLine,
  type FunctionRuntime,
  type FunctionRuntimeOptions,
  type LambdaFunctionDefinition,
} from '../src/index.ts'

const directory = fileURLToPath(new URL('./fixtures/', import.meta.url))

export interface LambdaRuntime extends AsyncDisposable {
  readonly runtime: FunctionRuntime
  readonly log: FunctionLogLine[]
  /** Invokes the one function that there is with a JSON event. */
  invoke(event?: unknown, options?: { readonly signal?: AbortSignal }): Promise<InvocationResult>
}

/** A runtime with one function, `f`, of a fixture. */
export function lambdaRuntime(
  handler: string,
  settings: Partial<LambdaFunctionDefinition> = {},
  options: Partial<FunctionRuntimeOptions> = {},
): LambdaRuntime {
  const log: FunctionLogLine[] = []
  const runtime = createFunctionRuntime({
    functions: [{ kind: 'lambda', name: 'f', directory, handler, timeoutSeconds: 30, ...settings }],
    onLog: (line) => log.push(line),
    ...options,
  })
  return {
    runtime,
    log,
    invoke: (event = null, invokeOptions) => runtime.invoke('f', { kind: 'json', json: JSON.stringify(event) }, invokeOptions),
    [Symbol.asyncDispose]: () => runtime.close(),
  }
}

/** What a handler answered; throws where it failed. */
export function value(result: InvocationResult): unknown {
  if (result.kind !== 'success') throw new Error(`The invocation did not succeed: ${JSON.stringify(result)}`)
  return JSON.parse(result.json)
}
