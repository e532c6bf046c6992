import { InvokerClosedError, type InvocationResult, type Payload } from '@millrace/function'
import { ExecutionEnvironment, type EnvironmentOwner, type InitFailure } from './execution-environment.ts'
import type { ResolvedFunction } from './function-definition.ts'
import { FunctionMeter } from './function-meter.ts'
import { Invocation } from './invocation.ts'
import type { RuntimeServices } from './runtime-services.ts'
import { crashed } from './verdicts.ts'
import { errorPayload } from './worker/error-payload.ts'

const restartDelayMs = 1_000
const restartDelayMsMax = 60_000

/**
 * The environments of one function. An invocation takes the environment that was used last, so that the others go idle and end; when all are busy it
 * waits for the first that is free, and another one is started meanwhile. What waits is bounded by the concurrency limits in front of the pool.
 */
export class FunctionPool implements EnvironmentOwner {
  readonly fn: ResolvedFunction
  readonly meter: FunctionMeter = new FunctionMeter()
  readonly #services: RuntimeServices
  readonly #environments = new Set<ExecutionEnvironment>()
  readonly #starting = new Set<ExecutionEnvironment>()
  /** Those with room; the one used last is the last. */
  readonly #available: ExecutionEnvironment[] = []
  readonly #queue = new Set<Invocation>()
  readonly #underway = new Set<Promise<unknown>>()
  #cancelIdleCheck: (() => void) | undefined
  #cancelRestart: (() => void) | undefined
  #restartFailures = 0
  #closing = false

  constructor(fn: ResolvedFunction, services: RuntimeServices) {
    this.fn = fn
    this.#services = services
    this.#keepMinimum()
  }

  get environments(): number {
    return this.#environments.size
  }

  get starting(): number {
    return this.#starting.size
  }

  get queued(): number {
    return this.#queue.size
  }

  get busy(): number {
    let busy = 0
    for (const environment of this.#environments) busy += environment.busy
    return busy
  }

  /** Whoever calls holds the right to one more execution. Rejects with the signal's reason, or `InvokerClosedError`. */
  async run(payload: Payload, signal: AbortSignal | undefined): Promise<InvocationResult> {
    const invocation = new Invocation(this.#services.requestId(), payload, signal, this.meter)
    this.#underway.add(invocation.result)
    try {
      const environment = this.#available.at(-1)
      if (environment === undefined) return await this.#wait(invocation)
      this.#assign(environment, invocation)
      return await invocation.result
    } finally {
      this.#underway.delete(invocation.result)
    }
  }

  async #wait(invocation: Invocation): Promise<InvocationResult> {
    const onAbort = (): void => {
      if (this.#queue.delete(invocation)) invocation.reject(invocation.signal?.reason)
    }
    invocation.signal?.addEventListener('abort', onAbort, { once: true })
    this.#queue.add(invocation)
    this.#startNeeded()
    try {
      return await invocation.result
    } finally {
      invocation.signal?.removeEventListener('abort', onAbort)
    }
  }

  #assign(environment: ExecutionEnvironment, invocation: Invocation): void {
    environment.run(invocation)
    if (!environment.hasRoom) this.#takeOut(environment)
  }

  #takeOut(environment: ExecutionEnvironment): void {
    const index = this.#available.lastIndexOf(environment)
    if (index !== -1) this.#available.splice(index, 1)
  }

  #startNeeded(): void {
    const each = this.fn.concurrencyPerEnvironment
    while (!this.#closing && this.#starting.size < this.#services.startsMax && this.#queue.size > this.#starting.size * each)
      this.#start(false)
  }

  #start(provisioned: boolean): void {
    this.meter.environmentStarts++
    let environment: ExecutionEnvironment
    try {
      environment = new ExecutionEnvironment(this.fn, this, this.#services, provisioned)
    } catch (error) {
      // What the definition hands to its environments could not be made.
      this.#failWaiting({ initMs: 0, verdict: () => crashed(errorPayload(error)) }, undefined)
      this.#restart(restartDelayMs)
      return
    }
    this.#environments.add(environment)
    this.#starting.add(environment)
  }

  #keepMinimum(): void {
    for (let missing = this.fn.minEnvironments - this.#environments.size; missing > 0 && !this.#closing; missing--) this.#start(true)
  }

  #restart(delayMs: number): void {
    if (this.#environments.size >= this.fn.minEnvironments) return
    this.#cancelRestart ??= this.#services.clock.schedule(delayMs, () => {
      this.#cancelRestart = undefined
      this.#keepMinimum()
    })
  }

  onReady(environment: ExecutionEnvironment, initMs: number): void {
    this.meter.recordInit(initMs)
    this.#starting.delete(environment)
    this.#restartFailures = 0
    environment.idleSince = this.#services.clock.now()
    if (this.#queue.size === 0 || environment.provisioned) environment.forgetInit()
    this.#available.push(environment)
    this.#serve(environment)
    this.#startNeeded()
  }

  onFree(environment: ExecutionEnvironment): void {
    // One that still had room keeps its place: else several half-empty ones would share the work for ever, and none of them go idle.
    if (!this.#available.includes(environment)) this.#available.push(environment)
    this.#serve(environment)
  }

  #serve(environment: ExecutionEnvironment): void {
    for (const invocation of this.#queue) {
      if (!environment.hasRoom) break
      this.#queue.delete(invocation)
      this.#assign(environment, invocation)
    }
    if (environment.busy === 0) this.#cancelIdleCheck ??= this.#scheduleIdleCheck(this.fn.idleTimeoutMs)
  }

  #scheduleIdleCheck(delayMs: number): () => void {
    return this.#services.clock.schedule(delayMs, () => {
      this.#cancelIdleCheck = undefined
      this.#endIdle()
    })
  }

  #endIdle(): void {
    const now = this.#services.clock.now()
    let surplus = this.#environments.size - this.fn.minEnvironments
    let nextMs = Number.POSITIVE_INFINITY
    // The longest idle stand first.
    for (const environment of this.#available.slice()) {
      if (surplus <= 0) return
      if (environment.busy > 0) continue
      const remainingMs = environment.idleSince + this.fn.idleTimeoutMs - now
      if (remainingMs > 0) nextMs = Math.min(nextMs, remainingMs)
      else {
        surplus--
        void environment.end()
      }
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#cancelIdleCheck ??= this.#scheduleIdleCheck(nextMs)
  }

  onUnavailable(environment: ExecutionEnvironment): void {
    this.#starting.delete(environment)
    this.#takeOut(environment)
    this.#environments.delete(environment)
  }

  onEnded(environment: ExecutionEnvironment, initFailure: InitFailure | undefined): void {
    if (initFailure !== undefined) this.#failWaiting(initFailure, environment)
    if (this.#closing) return
    this.#startNeeded()
    this.#restart(initFailure === undefined ? 0 : Math.min(restartDelayMsMax, restartDelayMs * 2 ** this.#restartFailures++))
  }

  /** As many as the environment was started for learn why it never became ready. */
  #failWaiting({ initMs, verdict }: InitFailure, environment: ExecutionEnvironment | undefined): void {
    this.meter.initFailures++
    let count = this.fn.concurrencyPerEnvironment
    for (const invocation of this.#queue) {
      if (count-- === 0) break
      this.#queue.delete(invocation)
      invocation.start((line) => environment?.log(invocation.requestId, line))
      const figures = { durationMs: 0, memorySizeMb: this.fn.memorySizeMb, memoryBytes: 0, initDurationMs: initMs }
      invocation.end(verdict(invocation.requestId), figures)
    }
  }

  /** Lets what runs come to its end for at most `graceMs`, then ends the environments. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true
    this.#cancelRestart?.()
    this.#cancelIdleCheck?.()
    const underway = Promise.allSettled(this.#underway)
    const { promise: expired, resolve: expire } = Promise.withResolvers<void>()
    const cancel = this.#services.clock.schedule(graceMs, expire)
    await Promise.race([underway, expired])
    cancel()
    for (const invocation of this.#queue) invocation.reject(new InvokerClosedError())
    this.#queue.clear()
    await Promise.all([...this.#environments].map((environment) => environment.end()))
    await underway
  }
}
