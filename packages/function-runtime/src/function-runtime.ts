import {
  type ConcurrencyLimit,
  type Coordination,
  FunctionNotFoundError,
  InvokerClosedError,
  type InvocationResult,
  type InvokeOptions,
  type Invoker,
  type Payload,
  type Permit,
} from '@millrace/function'
import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { checkPayloadSize } from './check-payload-size.ts'
import { type Clock, systemClock } from './clock.ts'
import { ConcurrencyLimits } from './concurrency-limits.ts'
import { type FunctionDefinition, resolveFunction, type ResolvedFunction } from './function-definition.ts'
import { changeFunction, type FunctionChange, reservedConcurrency, sameEnvironment } from './function-change.ts'
import type { FunctionStats } from './function-meter.ts'
import { FunctionPool, type ProvisionedEnvironments } from './function-pool.ts'
import { type AccountStats, functionStats } from './function-stats.ts'
import type { FunctionLogLine } from './invocation.ts'
import { createLocalCoordination } from './local-coordination.ts'
import { ExecutionPermit, InvalidPermitError } from './permit.ts'
import type { RuntimeServices } from './runtime-services.ts'
import { SourceServer } from './source-server.ts'
import { concurrencyExceeded, scaleOutExceeded } from './throttled.ts'

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
  /**
   * New environments that one function gets in this process on demand, at once and again over ten seconds; beyond it invocations are throttled. No limit by
   * default; 1,000 is what Lambda has.
   */
  readonly scaleOutPer10Seconds?: number
  /** The host's environment variables, of which functions see some; `process.env` by default. */
  readonly hostVariables?: Readonly<Record<string, string | undefined>>
}

/** Runs functions in execution environments of this process. */
export interface FunctionRuntime extends Invoker {
  functions(): readonly ResolvedFunction[]
  /** By function name. */
  stats(): ReadonlyMap<string, FunctionStats>
  accountStats(): AccountStats
  /** Throws `FunctionNotFoundError`. */
  provisioned(functionName: string): ProvisionedEnvironments
  /**
   * Changes a function's settings. Those of its environments hold for new environments: invocations that run end under the old ones. Unknown functions are
   * ignored. Throws `InvalidFunctionError`.
   */
  change(functionName: string, settings: FunctionChange): void
  /** The function's code has changed: the next invocation runs the new one. */
  renew(functionName: string): void
  /** Refuses new invocations, lets those that run end (for a bounded time), then ends all environments. */
  close(): Promise<void>
}

/** Throws `InvalidFunctionError` for definitions that break a limit. */
export function createFunctionRuntime(options: FunctionRuntimeOptions): FunctionRuntime {
  return new WorkerFunctionRuntime(options)
}

/** Between two looks at how many processes share the provisioned concurrency. */
const shareCheckMs = 5_000

class WorkerFunctionRuntime implements FunctionRuntime {
  readonly #pools = new Map<string, FunctionPool>()
  readonly #limits: ConcurrencyLimits
  readonly #coordination: Coordination
  readonly #clock: Clock
  readonly #closeGraceMs: number
  #cancelShareCheck: (() => void) | undefined
  #closed: Promise<void> | undefined

  constructor(options: FunctionRuntimeOptions) {
    this.#closeGraceMs = options.closeGraceMs ?? 10_000
    this.#clock = options.clock ?? systemClock
    const functions = options.functions.map(resolveFunction)
    const accountMax = options.accountConcurrencyMax ?? 1_000
    const reservations = reservedConcurrency(functions, accountMax)
    this.#coordination = options.coordination ?? createLocalCoordination(options.clock)
    this.#limits = new ConcurrencyLimits(this.#coordination, accountMax, options.permitWaitersMax ?? 10_000, reservations)
    const services = runtimeServices(options)
    for (const fn of functions) this.#pools.set(fn.name, new FunctionPool(fn, services, this.#provisionedShare(fn)))
    this.#shareAgain()
  }

  async invoke(functionName: string, payload: Payload, options: InvokeOptions = {}): Promise<InvocationResult> {
    const pool = this.#pool(functionName)
    options.signal?.throwIfAborted()
    checkPayloadSize(pool.fn, payload)
    // What finds a slot here starts at once, not a turn of the event loop later.
    const leave = this.#enter(pool, options.permit) ?? (await this.#request(pool, options.signal))
    try {
      if (options.permit === undefined && !pool.admits) throw scaleOutExceeded(pool)
      return await pool.run(payload, options)
    } finally {
      leave()
    }
  }

  async acquire(functionName: string, signal: AbortSignal): Promise<Permit> {
    const pool = this.#pool(functionName)
    signal.throwIfAborted()
    let limit = this.#limits.of(functionName)
    if (!limit.tryTake()) limit = await this.#limits.take(functionName, signal)
    pool.meter.enter()
    return new ExecutionPermit(functionName, () => leave(pool, limit))
  }

  functions(): readonly ResolvedFunction[] {
    return [...this.#pools.values()].map(({ fn }) => fn)
  }

  stats(): ReadonlyMap<string, FunctionStats> {
    return new Map([...this.#pools].map(([name, pool]) => [name, functionStats(pool, this.#limits.of(name).max)]))
  }

  accountStats(): AccountStats {
    const { accountMax, shared } = this.#limits
    let concurrentExecutions = 0
    for (const { meter } of this.#pools.values()) concurrentExecutions += meter.concurrentExecutions
    return {
      concurrentExecutions,
      unreservedConcurrentExecutions: shared.stats().taken,
      concurrencyMax: accountMax,
      unreservedConcurrencyMax: shared.max,
    }
  }

  provisioned(functionName: string): ProvisionedEnvironments {
    return this.#pool(functionName).provisioned
  }

  change(functionName: string, settings: FunctionChange): void {
    const pool = this.#pools.get(functionName)
    if (pool === undefined || this.#closed !== undefined) return
    const fn = changeFunction(pool.fn, settings)
    if (sameEnvironment(fn, pool.fn)) pool.adjust(fn)
    else pool.renew(fn)
    this.#limits.reserve(functionName, fn.reservedConcurrency)
    pool.provision(this.#provisionedShare(fn))
  }

  renew(functionName: string): void {
    this.#pools.get(functionName)?.renew()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#cancelShareCheck?.()
    this.#limits.close()
    await Promise.all([...this.#pools.values()].map((pool) => pool.close(this.#closeGraceMs)))
  }

  #pool(functionName: string): FunctionPool {
    if (this.#closed !== undefined) throw new InvokerClosedError()
    const pool = this.#pools.get(functionName)
    if (pool === undefined) throw new FunctionNotFoundError(functionName, [...this.#pools.keys()])
    return pool
  }

  /** Takes the right to run, if it is here; answers how to give it back. */
  #enter(pool: FunctionPool, permit: Permit | undefined): (() => void) | undefined {
    if (permit === undefined) {
      const limit = this.#limits.of(pool.fn.name)
      return limit.tryTake() ? entered(pool, limit) : undefined
    }
    if (!(permit instanceof ExecutionPermit)) throw new InvalidPermitError('The permit is not of this runtime.')
    permit.use(pool.fn.name)
    return () => permit.leave()
  }

  /** Asks for a slot that may be elsewhere. */
  async #request(pool: FunctionPool, signal: AbortSignal | undefined): Promise<() => void> {
    const limit = this.#limits.of(pool.fn.name)
    const taken = await limit.request()
    if (taken && this.#closed === undefined && signal?.aborted !== true) return entered(pool, limit)
    if (taken) limit.give()
    signal?.throwIfAborted()
    if (this.#closed !== undefined) throw new InvokerClosedError()
    throw concurrencyExceeded(pool, limit.max)
  }

  /** Environments of this process's part of the function's provisioned concurrency. */
  #provisionedShare({ provisionedConcurrency, concurrencyPerEnvironment }: ResolvedFunction): number {
    return Math.ceil(provisionedConcurrency / this.#coordination.stats().processes / concurrencyPerEnvironment)
  }

  /** Processes come and go: each keeps its part ready. */
  #shareAgain(): void {
    this.#cancelShareCheck = this.#clock.schedule(shareCheckMs, () => {
      for (const pool of this.#pools.values()) pool.provision(this.#provisionedShare(pool.fn))
      this.#shareAgain()
    })
  }
}

function entered(pool: FunctionPool, limit: ConcurrencyLimit): () => void {
  pool.meter.enter()
  return () => leave(pool, limit)
}

function leave(pool: FunctionPool, limit: ConcurrencyLimit): void {
  pool.meter.leave()
  limit.give()
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
    scaleOutPer10Seconds: options.scaleOutPer10Seconds ?? Number.POSITIVE_INFINITY,
  }
}
