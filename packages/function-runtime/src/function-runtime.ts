import {
  type ConcurrencyLimit,
  type Coordination,
  FunctionNotFoundError,
  InvokerClosedError,
  PayloadTooLargeError,
  TooManyRequestsError,
  type InvocationResult,
  type InvokeOptions,
  type Invoker,
  type Payload,
  type Permit,
} from '@millrace/function'
import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { type Clock, systemClock } from './clock.ts'
import { type FunctionDefinition, InvalidFunctionError, resolveFunction, type ResolvedFunction } from './function-definition.ts'
import type { FunctionStats } from './function-meter.ts'
import { FunctionPool } from './function-pool.ts'
import type { FunctionLogLine } from './invocation.ts'
import { createLocalCoordination } from './local-coordination.ts'
import { payloadBytes } from './payload-size.ts'
import { ExecutionPermit, InvalidPermitError } from './permit.ts'
import { payloadBytesMax } from './protocol.ts'
import type { RuntimeServices } from './runtime-services.ts'
import { SourceServer } from './source-server.ts'

export interface FunctionRuntimeOptions {
  readonly functions: readonly FunctionDefinition[]
  /** Executions of all functions at once; 1,000 by default, as an AWS account has. */
  readonly accountConcurrencyMax?: number
  /** Calls of `acquire` that wait for the same limit; 10,000 by default. */
  readonly permitWaitersMax?: number
  /**
   * Where the limits on concurrency are kept; in this process alone by default. Shared by several processes, `accountConcurrencyMax` and each reserved
   * concurrency hold for all of them together. It stays open when the runtime is closed.
   */
  readonly coordination?: Coordination
  readonly clock?: Clock
  /** Makes request ids: random UUIDs by default. */
  readonly requestId?: () => string
  /** Gets every event of every function's log, START, END and REPORT included. Must not throw. */
  readonly onLog?: (line: FunctionLogLine) => void
  /** How long initialisation may take; 10,000 ms by default, as in Lambda. */
  readonly initTimeoutMs?: number
  /** How long a native handler may take to end once its signal is aborted, before its environment is killed; 1,000 ms by default. */
  readonly abortGraceMs?: number
  /** How long a native function may take to dispose of what it holds; 5,000 ms by default. */
  readonly disposeGraceMs?: number
  /** How long a killed environment may take to be gone (it may be inside of native code) before its invocations are answered; 5,000 ms by default. */
  readonly terminateGraceMs?: number
  /** How long `close` waits for what runs; 10,000 ms by default. */
  readonly closeGraceMs?: number
  /** Between two looks at the buffers of a busy environment, which no limit of the heap covers; 250 ms by default. */
  readonly memoryCheckMs?: number
  /** Environments of one function that start at the same time; twice the machine's cores by default, 4 at least. */
  readonly startsMax?: number
  /** The host's environment variables, of which functions see some; `process.env` by default. */
  readonly hostVariables?: Readonly<Record<string, string | undefined>>
}

/** Runs functions in execution environments of this process. */
export interface FunctionRuntime extends Invoker {
  functions(): readonly ResolvedFunction[]
  /** By function name. */
  stats(): ReadonlyMap<string, FunctionStats>
  /** Refuses new invocations, lets those that run end (for a bounded time), then ends all environments. */
  close(): Promise<void>
}

interface Entry {
  readonly pool: FunctionPool
  readonly limit: ConcurrencyLimit
}

/** Throws `InvalidFunctionError` for definitions that break a limit. */
export function createFunctionRuntime(options: FunctionRuntimeOptions): FunctionRuntime {
  return new WorkerFunctionRuntime(options)
}

class WorkerFunctionRuntime implements FunctionRuntime {
  readonly #entries = new Map<string, Entry>()
  readonly #closeGraceMs: number
  #closed: Promise<void> | undefined

  constructor(options: FunctionRuntimeOptions) {
    this.#closeGraceMs = options.closeGraceMs ?? 10_000
    const functions = options.functions.map(resolveFunction)
    const accountMax = options.accountConcurrencyMax ?? 1_000
    const waitersMax = options.permitWaitersMax ?? 10_000
    const coordination = options.coordination ?? createLocalCoordination(options.clock)
    const unreserved = accountMax - reservedConcurrency(functions, accountMax)
    const shared = coordination.concurrencyLimit('account', { max: unreserved, waitersMax })
    const services = runtimeServices(options)
    for (const fn of functions) {
      const max = fn.reservedConcurrency
      const limit = max === undefined ? shared : coordination.concurrencyLimit(`function/${fn.name}`, { max, waitersMax })
      this.#entries.set(fn.name, { pool: new FunctionPool(fn, services), limit })
    }
  }

  async invoke(functionName: string, payload: Payload, options: InvokeOptions = {}): Promise<InvocationResult> {
    const entry = this.#entry(functionName)
    options.signal?.throwIfAborted()
    checkSize(entry.pool.fn, payload)
    // What finds a slot here starts at once, not a turn of the event loop later.
    const leave = this.#enter(entry, options.permit) ?? (await this.#request(entry, options.signal))
    try {
      return await entry.pool.run(payload, options.signal)
    } finally {
      leave()
    }
  }

  async acquire(functionName: string, signal: AbortSignal): Promise<Permit> {
    const { limit } = this.#entry(functionName)
    signal.throwIfAborted()
    if (!limit.tryTake()) await limit.take(signal)
    return new ExecutionPermit(functionName, () => limit.give())
  }

  functions(): readonly ResolvedFunction[] {
    return [...this.#entries.values()].map(({ pool }) => pool.fn)
  }

  stats(): ReadonlyMap<string, FunctionStats> {
    return new Map([...this.#entries].map(([name, entry]) => [name, entryStats(entry)]))
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const entries = [...this.#entries.values()]
    for (const { limit } of entries) limit.close()
    await Promise.all(entries.map(({ pool }) => pool.close(this.#closeGraceMs)))
  }

  #entry(functionName: string): Entry {
    if (this.#closed !== undefined) throw new InvokerClosedError()
    const entry = this.#entries.get(functionName)
    if (entry === undefined) throw new FunctionNotFoundError(functionName, [...this.#entries.keys()])
    return entry
  }

  /** Takes the right to run, if it is here; answers how to give it back. */
  #enter({ pool, limit }: Entry, permit: Permit | undefined): (() => void) | undefined {
    if (permit === undefined) return limit.tryTake() ? () => limit.give() : undefined
    if (!(permit instanceof ExecutionPermit)) throw new InvalidPermitError('The permit is not of this runtime.')
    permit.use(pool.fn.name)
    return () => permit.leave()
  }

  /** Asks for a slot that may be elsewhere. */
  async #request({ pool, limit }: Entry, signal: AbortSignal | undefined): Promise<() => void> {
    const taken = await limit.request()
    if (taken && this.#closed === undefined && signal?.aborted !== true) return () => limit.give()
    if (taken) limit.give()
    signal?.throwIfAborted()
    if (this.#closed !== undefined) throw new InvokerClosedError()
    pool.meter.throttles++
    const whose = pool.fn.reservedConcurrency === undefined ? 'the functions without reserved concurrency run' : `"${pool.fn.name}" runs`
    throw new TooManyRequestsError(`Rate exceeded: ${whose} ${limit.max} times at once already, which is the limit. Invoke again later.`)
  }
}

function runtimeServices(options: FunctionRuntimeOptions): RuntimeServices {
  return {
    clock: options.clock ?? systemClock,
    sources: new SourceServer(),
    requestId: options.requestId ?? randomUUID,
    onLog: options.onLog,
    hostVariables: options.hostVariables ?? process.env,
    initTimeoutMs: options.initTimeoutMs ?? 10_000,
    abortGraceMs: options.abortGraceMs ?? 1_000,
    terminateGraceMs: options.terminateGraceMs ?? 5_000,
    disposeGraceMs: options.disposeGraceMs ?? 5_000,
    memoryCheckMs: options.memoryCheckMs ?? 250,
    startsMax: options.startsMax ?? Math.max(4, 2 * availableParallelism()),
  }
}

function reservedConcurrency(functions: readonly ResolvedFunction[], accountMax: number): number {
  const names = new Set<string>()
  let reserved = 0
  for (const fn of functions) {
    if (names.has(fn.name)) throw new InvalidFunctionError(`Two functions are called "${fn.name}".`)
    names.add(fn.name)
    reserved += fn.reservedConcurrency ?? 0
  }
  if (reserved > accountMax) {
    throw new InvalidFunctionError(`The functions reserve a concurrency of ${reserved} together, and there is ${accountMax}. Reserve less.`)
  }
  return reserved
}

/** Throws `PayloadTooLargeError`. A batch handler gets the records themselves: its batches are limited by whoever makes them. */
function checkSize(fn: ResolvedFunction, payload: Payload): void {
  if (payload.kind === 'records' && fn.definition.kind === 'native') return
  // A UTF-16 unit takes at most 3 bytes: short text needs not be measured.
  if (payload.kind === 'json' && payload.json.length * 3 <= payloadBytesMax) return
  const bytes = payloadBytes(payload)
  if (bytes > payloadBytesMax) {
    throw new PayloadTooLargeError(
      `The event for "${fn.name}" has ${bytes} bytes; at most ${payloadBytesMax} can be invoked with. Send less.`,
    )
  }
}

function entryStats({ pool, limit }: Entry): FunctionStats {
  return {
    ...pool.meter.counters(),
    environments: pool.environments,
    startingEnvironments: pool.starting,
    busyInvocations: pool.busy,
    queuedInvocations: pool.queued,
    concurrentExecutions: limit.stats().taken,
    concurrencyMax: limit.max,
    memorySizeMb: pool.fn.memorySizeMb,
  }
}
