import type { Context } from '@millrace/function'
import { pathToFileURL } from 'node:url'
import type { Answer, EnvironmentData, InvokeRequest, LambdaCode } from '../protocol.ts'
import { responseBytesMax } from '../protocol.ts'
import { createContext } from './context.ts'
import { errorPayload, loggedError, runtimeError } from './error-payload.ts'
import { HandlerError, pickHandler, resolveHandler } from './resolve-handler.ts'
import type { LoadedFunction } from './loaded-function.ts'

/** Loads a handler written for Lambda. Throws what its module threw, or `HandlerError`. */
export async function loadLambdaHandler(code: LambdaCode, environment: EnvironmentData): Promise<LoadedFunction> {
  const { file, path } = resolveHandler(code.directory, code.handler)
  const handler = pickHandler(await importModule(file), path, code.handler)
  const invocations = new Map<number, LambdaInvocation>()
  return {
    invoke(request, log) {
      const invocation = new LambdaInvocation(environment.concurrency > 1)
      invocations.set(request.id, invocation)
      return run(handler, invocation, request, environment, log).finally(() => invocations.delete(request.id))
    },
    // Nothing is left that could settle an invocation: Lambda takes what its callback was given, or null.
    loopEmpty() {
      for (const invocation of invocations.values()) invocation.settle()
    },
    waitsForLoop: environment.concurrency === 1,
  }
}

async function importModule(file: string): Promise<unknown> {
  try {
    const namespace = (await import(pathToFileURL(file).href)) as Record<string, unknown>
    // CommonJS: what was assigned to `module.exports` counts, not what could be foreseen of it.
    return 'module.exports' in namespace ? namespace['module.exports'] : namespace
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
      throw Object.assign(new HandlerError('Runtime.ImportModuleError', `Error: ${(error as Error).message}`), {
        stack: (error as Error).stack,
      })
    }
    if (error instanceof SyntaxError) {
      throw Object.assign(new HandlerError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`), { stack: error.stack })
    }
    throw error
  }
}

async function run(
  handler: (...parameters: unknown[]) => unknown,
  invocation: LambdaInvocation,
  request: InvokeRequest,
  environment: EnvironmentData,
  log: (message: string) => void,
): Promise<Answer> {
  try {
    const event = await readEvent(request)
    const context = Object.assign(createContext(environment, request), invocation.legacyMethods)
    invocation.context = context
    const returned = handler(event, context, invocation.callback)
    if (isThenable(returned)) returned.then(invocation.succeed, invocation.fail)
    else if (returned !== undefined) invocation.succeed(returned)
    else if (invocation.shared && handler.length < 3) invocation.succeed(undefined)
    return success(await invocation.result)
  } catch (error) {
    const payload = error instanceof HandlerError ? runtimeErrorOf(error) : errorPayload(error)
    log(`Invoke Error \t${loggedError(error, payload)}`)
    return { kind: 'failure', error: payload }
  }
}

function runtimeErrorOf(error: HandlerError): ReturnType<typeof errorPayload> {
  return { errorType: error.name, errorMessage: error.message, trace: [] }
}

/** One invocation on its way to a result: by promise, by return value, by callback, or by an event loop that has nothing left to do. */
class LambdaInvocation {
  readonly result: Promise<unknown>
  readonly succeed: (value: unknown) => void
  readonly fail: (error: unknown) => void
  readonly callback: (error?: unknown, result?: unknown) => void
  readonly legacyMethods: Record<'succeed' | 'fail' | 'done', unknown>
  /** Others run in the environment at the same time: its event loop says nothing about this one. */
  readonly shared: boolean
  context: Context | undefined
  #called: (() => void) | undefined

  constructor(shared: boolean) {
    this.shared = shared
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.result = promise
    this.succeed = resolve
    this.fail = reject
    this.callback = (error, result) => {
      this.#called ??= () => (error === undefined || error === null ? resolve(result) : reject(error))
      // With an error Lambda does not wait either.
      if (this.shared || this.context?.callbackWaitsForEmptyEventLoop === false || (error !== undefined && error !== null)) this.settle()
    }
    this.legacyMethods = { succeed: resolve, fail: reject, done: this.callback }
  }

  settle(): void {
    if (this.#called === undefined) this.succeed(null)
    else this.#called()
  }
}

let kafkaEvents: typeof import('./kafka-event.ts') | undefined
let kinesisEvents: typeof import('./kinesis-event.ts') | undefined

async function readEvent(request: InvokeRequest): Promise<unknown> {
  const { event } = request
  if (event.kind === 'records') {
    // Loaded for the first such event: functions that are invoked with JSON never need it.
    if (event.source.kafka !== undefined) {
      kafkaEvents ??= await import('./kafka-event.ts')
      return kafkaEvents.kafkaBatchEvent(event.source, event.bytes)
    }
    kinesisEvents ??= await import('./kinesis-event.ts')
    return kinesisEvents.kinesisEvent(event.source, event.bytes, event.window)
  }
  try {
    return JSON.parse(event.json)
  } catch (error) {
    throw new HandlerError('Runtime.UnmarshalError', `The event is not JSON: ${(error as Error).message}`)
  }
}

function success(value: unknown): Answer {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (error) {
    return { kind: 'failure', error: runtimeError('Runtime.MarshalError', error) }
  }
  json ??= 'null'
  // A UTF-16 unit takes at most 3 bytes: only long text needs to be measured.
  if (json.length * 3 > responseBytesMax && Buffer.byteLength(json) > responseBytesMax) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${responseBytesMax} bytes).`
    return { kind: 'failure', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage, trace: [] } }
  }
  return { kind: 'success', json }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
