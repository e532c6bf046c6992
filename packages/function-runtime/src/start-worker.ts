import { functionArn } from '@millrace/function'
import { pathToFileURL } from 'node:url'
import { MessageChannel, type MessagePort, type Transferable, Worker } from 'node:worker_threads'
import { environmentVariables } from './environment-variables.ts'
import type { ResolvedFunction } from './function-definition.ts'
import type { EnvironmentData, LambdaCode, NativeCode } from './protocol.ts'
import { resourceLimits } from './resource-limits.ts'
import type { RuntimeServices } from './runtime-services.ts'

/** A worker thread that has begun to load a function. */
export interface StartedWorker {
  readonly worker: Worker
  readonly port: MessagePort
  readonly logStreamName: string
  acknowledgeLog(chars: number): void
  close(): void
}

const entry = new URL('./environment-entry.mjs', import.meta.url)
const main = new URL('./worker/environment.ts', import.meta.url).href

/** Starts the thread of one environment. */
export function startWorker(fn: ResolvedFunction, services: RuntimeServices, provisioned: boolean): StartedWorker {
  const { clock, sources, requestId } = services
  const { port1, port2 } = new MessageChannel()
  const source = sources.connect()
  const logFlow = new SharedArrayBuffer(4)
  const flow = new Int32Array(logFlow)
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')
  const logStreamName = `${day}/[$LATEST]${requestId().replaceAll('-', '')}`
  const { code, transfer } = functionCode(fn)
  const data: EnvironmentData = {
    port: port2,
    sourcePort: source.port,
    sourceFlag: source.flag,
    sourcePrefix: sourcePrefix(fn, services.hostVariables),
    main,
    logFlow,
    startedTimestamp: performance.timeOrigin + performance.now(),
    functionName: fn.name,
    functionArn: functionArn(fn.name),
    memorySizeMb: fn.memorySizeMb,
    logStreamName,
    concurrency: fn.concurrencyPerEnvironment,
    code,
  }
  const worker = new Worker(entry, {
    name: fn.name,
    workerData: data,
    transferList: [port2, source.port, ...transfer],
    env: environmentVariables(fn, logStreamName, provisioned, services.hostVariables),
    execArgv: [],
    argv: [],
    // Unread and discarded: everything that a handler can write through `process` is captured before it gets there.
    stdout: true,
    stderr: true,
    resourceLimits: resourceLimits(fn.memorySizeMb),
  })
  return {
    worker,
    port: port1,
    logStreamName,
    acknowledgeLog(chars) {
      Atomics.sub(flow, 0, chars)
      Atomics.notify(flow, 0)
    },
    close() {
      port1.close()
      source.close()
    },
  }
}

function sourcePrefix({ definition }: ResolvedFunction, host: Readonly<Record<string, string | undefined>>): string {
  if (host.NODE_COMPILE_CACHE === undefined) return 'file:'
  // A native function is part of the program; nothing has a URL that begins with a space.
  return definition.kind === 'lambda' ? `${pathToFileURL(definition.directory).href}/` : ' '
}

function functionCode({ definition }: ResolvedFunction): { code: LambdaCode | NativeCode; transfer: readonly Transferable[] } {
  if (definition.kind === 'lambda') {
    return { code: { kind: 'lambda', directory: definition.directory, handler: definition.handler }, transfer: [] }
  }
  const { data, transfer = [] } = definition.init()
  return { code: { kind: 'native', module: definition.module.href, export: definition.export, data }, transfer }
}
