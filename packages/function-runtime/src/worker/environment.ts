import { getHeapStatistics } from 'node:v8'
import { workerData } from 'node:worker_threads'
import type { EnvironmentData, EnvironmentReply, EnvironmentRequest, InvokeRequest } from '../protocol.ts'
import { captureOutput, flushPartialLines, logLine } from './capture-output.ts'
import { errorPayload, loggedError, runtimeError, traceOf } from './error-payload.ts'
import type { LoadedFunction } from './loaded-function.ts'
import { currentInvocation, LogWriter, type CurrentInvocation } from './log-writer.ts'
import { HandlerError } from './resolve-handler.ts'

/*
 * What runs in an execution environment: it loads one function, then answers invocations until it is ended.
 */
const environment = workerData as EnvironmentData
const { port } = environment
const writer = new LogWriter(port, environment.logFlow)
const running = new Map<number, CurrentInvocation>()
let loaded: LoadedFunction | undefined

function reply(message: EnvironmentReply): void {
  port.postMessage(message)
}

function sinceStart(): number {
  return performance.timeOrigin + performance.now() - environment.startedTimestamp
}

async function initialise(): Promise<void> {
  captureOutput(writer)
  process.on('uncaughtException', (error) => crash('Uncaught Exception', error, errorPayload(error), 129))
  process.on('unhandledRejection', (reason) => {
    crash('Unhandled Promise Rejection', reason, runtimeError('Runtime.UnhandledPromiseRejection', reason), 128)
  })
  try {
    const { code } = environment
    loaded =
      code.kind === 'lambda'
        ? await (await import('./lambda-handler.ts')).loadLambdaHandler(code, environment)
        : await (await import('./native-handler.ts')).loadNativeHandler(code, environment)
  } catch (error) {
    const payload =
      error instanceof HandlerError
        ? { errorType: error.name, errorMessage: error.message, trace: traceOf(error.name, error.message, error) }
        : errorPayload(error)
    writer.write(undefined, logLine(undefined, 'ERROR', `Uncaught Exception \t${loggedError(error, payload)}`))
    reply({ type: 'init-failed', initMs: sinceStart(), error: payload })
    process.exit(1)
  }
  process.on('exit', flushAll)
  process.on('beforeExit', () => {
    loaded?.loopEmpty?.()
    port.ref()
  })
  port.on('message', receive)
  reply({ type: 'ready', initMs: sinceStart() })
}

function receive(request: EnvironmentRequest): void {
  if (request.type === 'invoke') void invoke(loaded as LoadedFunction, request)
  else if (request.type === 'abort') loaded?.abort?.(request.id, request.reason)
  else void end()
}

async function invoke(loaded: LoadedFunction, request: InvokeRequest): Promise<void> {
  const { id, requestId } = request
  const current: CurrentInvocation = { id, requestId, partial: { stdout: '', stderr: '' } }
  running.set(id, current)
  if (loaded.waitsForLoop) port.unref()
  const begin = performance.now()
  const answer = await currentInvocation.run(current, () =>
    loaded.invoke(request, (message) => writer.write(id, logLine(current, 'ERROR', message))),
  )
  const durationMs = performance.now() - begin
  flushPartialLines(writer, current)
  running.delete(id)
  if (loaded.waitsForLoop) port.ref()
  reply({ type: 'answer', id, durationMs, memoryBytes: memoryBytes(), answer })
}

function memoryBytes(): number {
  const { total_heap_size, malloced_memory, external_memory } = getHeapStatistics()
  return total_heap_size + malloced_memory + external_memory
}

function crash(what: string, error: unknown, payload: ReturnType<typeof errorPayload>, exitCode: number): void {
  // One invocation alone is the one to blame, also where the error carries no trace of it.
  const current = currentInvocation.getStore() ?? (running.size === 1 ? running.values().next().value : undefined)
  flushAll()
  writer.write(current?.id, logLine(current, 'ERROR', `${what} \t${loggedError(error, payload)}`))
  if (loaded === undefined) reply({ type: 'init-failed', initMs: sinceStart(), error: payload })
  else reply({ type: 'crash', id: current?.id, error: payload })
  process.exit(exitCode)
}

function flushAll(): void {
  for (const invocation of running.values()) flushPartialLines(writer, invocation)
}

async function end(): Promise<void> {
  try {
    await loaded?.dispose?.()
  } catch (error) {
    writer.write(undefined, logLine(undefined, 'ERROR', `Dispose Error \t${loggedError(error, errorPayload(error))}`))
  }
  process.exit(0)
}

await initialise()
