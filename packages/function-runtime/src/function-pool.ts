import { InvokerClosedError, type InvocationResult, type InvokeOptions, type Payload } from '@millrace/function'
import { ExecutionEnvironment, type EnvironmentOwner, type InitFailure } from './execution-environment.ts'
import type { ResolvedFunction } from './function-definition.ts'
import { FunctionMeter } from './function-meter.ts'
import { Invocation } from './invocation.ts'
import type { RuntimeServices } from './runtime-services.ts'
import { ScaleOutBudget } from './scale-out-budget.ts'
import { crashed } from './verdicts.ts'
import { errorPayload } from './worker/error-payload.ts'

const restartDelayMs = 1_000
const restartDelayMsMax = 60_000

/** Environments of one function that are kept ready in this process. */
export interface ProvisionedEnvironments {
  readonly asked: number
  /** Initialised; with work or without. */
  readonly ready: number
  readonly idle: number
  readonly busyInvocations: number
  /** The last one that was started could not be initialised. */
  readonly failing: boolean
}

/**
 * The environments of one function. An invocation takes the environment that was used last, so that the others go idle and end; when all are busy it
 * waits for the first that is free, and another one is started meanwhile. What waits is bounded by the concurrency limits in front of the pool.
 */
export class FunctionPool implements EnvironmentOwner {
  readonly meter: FunctionMeter = new FunctionMeter()
  readonly #services: RuntimeServices
  readonly #environments = new Set<ExecutionEnvironment>()
  readonly #starting = new Set<ExecutionEnvironment>()
  /** Of settings or code that were replaced: they end with what runs in them. */
  readonly #retired = new Set<ExecutionEnvironment>()
  readonly #budget: ScaleOutBudget
  #fn: ResolvedFunction
  /** Environments that are kept ready at all times. */
  #provisioned: number
  /** Those with room; the one used last is the last. */
  readonly #available: ExecutionEnvironment[] = []
  readonly #queue = new Set<Invocation>()
  readonly #underway = new Set<Promise<unknown>>()
  #cancelIdleCheck: (() => void) | undefined
  #cancelRestart: (() => void) | undefined
  #cancelScaleOut: (() => void) | undefined
  #restartFailures = 0
  #closing = false

  constructor(fn: ResolvedFunction, services: RuntimeServices, provisioned: number) {
    this.#fn = fn
    this.#services = services
    this.#provisioned = provisioned
    this.#budget = new ScaleOutBudget(services.scaleOutPer10Seconds, services.clock.now())
    this.#keepProvisioned()
  }

  get fn(): ResolvedFunction {
    return this.#fn
  }

  /** Settings or code have changed: the next invocation meets the new ones, those that run go on with the old. */
  renew(fn: ResolvedFunction = this.#fn): void {
    this.#fn = fn
    if (this.#closing) return
    for (const environment of this.#environments) {
      this.#retired.add(environment)
      this.#starting.delete(environment)
      this.#takeOut(environment)
      if (environment.busy === 0) void environment.end()
    }
    this.#environments.clear()
    this.#cancelRestart?.()
    this.#cancelRestart = undefined
    this.#restartFailures = 0
    this.#keepProvisioned()
    this.#startNeeded()
  }

  /** Takes over settings that environments know nothing of. */
  adjust(fn: ResolvedFunction): void {
    this.#fn = fn
  }

  /** Changes how many environments are kept ready. */
  provision(environments: number): void {
    if (environments === this.#provisioned) return
    this.#provisioned = environments
    this.#keepProvisioned()
    this.#cancelIdleCheck?.()
    this.#cancelIdleCheck = undefined
    this.#endIdle()
  }

  /** Those that are kept ready: asked for, initialised, and initialised without work. */
  get provisioned(): ProvisionedEnvironments {
    let [ready, idle, busyInvocations] = [0, 0, 0]
    for (const environment of this.#environments) {
      if (!environment.provisioned || this.#starting.has(environment)) continue
      ready++
      busyInvocations += environment.busy
      if (environment.busy === 0) idle++
    }
    return { asked: this.#provisioned, ready, idle, busyInvocations, failing: this.#restartFailures > 0 }
  }

  /** Whether an invocation would find an environment, or may start one. */
  get admits(): boolean {
    if (this.#available.length > 0 || this.#queue.size < this.#starting.size * this.#fn.concurrencyPerEnvironment) return true
    return this.#budget.has(this.#services.clock.now())
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
    for (const environment of this.#retired) busy += environment.busy
    return busy
  }

  /** Whoever calls holds the right to one more execution. Rejects with the signal's reason, or `InvokerClosedError`. */
  async run(payload: Payload, { signal, requestId }: InvokeOptions): Promise<InvocationResult> {
    const invocation = new Invocation(requestId ?? this.#services.requestId(), payload, signal, this.meter)
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
    if (environment.provisioned) this.meter.provisionedInvocations++
    else if (this.#provisioned > 0) this.meter.spilloverInvocations++
    if (!environment.hasRoom) this.#takeOut(environment)
  }

  #takeOut(environment: ExecutionEnvironment): void {
    const index = this.#available.lastIndexOf(environment)
    if (index !== -1) this.#available.splice(index, 1)
  }

  #startNeeded(): void {
    const each = this.#fn.concurrencyPerEnvironment
    const { clock, startsMax } = this.#services
    while (!this.#closing && this.#starting.size < startsMax && this.#queue.size > this.#starting.size * each) {
      if (!this.#budget.tryTake(clock.now())) return this.#scaleOutLater()
      this.#start(false)
    }
  }

  #scaleOutLater(): void {
    const { clock } = this.#services
    this.#cancelScaleOut ??= clock.schedule(this.#budget.waitMs(clock.now()), () => {
      this.#cancelScaleOut = undefined
      this.#startNeeded()
    })
  }

  #start(provisioned: boolean): void {
    this.meter.environmentStarts++
    let environment: ExecutionEnvironment
    try {
      environment = new ExecutionEnvironment(this.#fn, this, this.#services, provisioned)
    } catch (error) {
      // What the definition hands to its environments could not be made.
      this.#failWaiting({ initMs: 0, verdict: () => crashed(errorPayload(error)) }, undefined)
      this.#restart(restartDelayMs)
      return
    }
    this.#environments.add(environment)
    this.#starting.add(environment)
  }

  #keepProvisioned(): void {
    let missing = this.#provisioned
    for (const { provisioned } of this.#environments) if (provisioned) missing--
    for (; missing > 0 && !this.#closing && this.#starting.size < this.#services.startsMax; missing--) this.#start(true)
  }

  #restart(delayMs: number): void {
    if (this.#provisioned === 0) return
    this.#cancelRestart ??= this.#services.clock.schedule(delayMs, () => {
      this.#cancelRestart = undefined
      this.#keepProvisioned()
    })
  }

  onReady(environment: ExecutionEnvironment, initMs: number): void {
    if (this.#retired.has(environment)) return
    this.meter.recordInit(initMs)
    this.#starting.delete(environment)
    this.#restartFailures = 0
    environment.idleSince = this.#services.clock.now()
    if (this.#queue.size === 0 || environment.provisioned) environment.forgetInit()
    this.#available.push(environment)
    this.#serve(environment)
    this.#startNeeded()
    if (this.#provisioned > 0) this.#keepProvisioned()
  }

  onFree(environment: ExecutionEnvironment): void {
    if (this.#retired.has(environment)) {
      if (environment.busy === 0) void environment.end()
      return
    }
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
    if (environment.busy === 0) this.#cancelIdleCheck ??= this.#scheduleIdleCheck(this.#fn.idleTimeoutMs)
  }

  #scheduleIdleCheck(delayMs: number): () => void {
    return this.#services.clock.schedule(delayMs, () => {
      this.#cancelIdleCheck = undefined
      this.#endIdle()
    })
  }

  #endIdle(): void {
    const now = this.#services.clock.now()
    let surplus = -this.#provisioned
    for (const { provisioned } of this.#environments) if (provisioned) surplus++
    let nextMs = Number.POSITIVE_INFINITY
    // The longest idle stand first.
    for (const environment of this.#available.slice()) {
      if (environment.busy > 0 || (environment.provisioned && surplus-- <= 0)) continue
      const remainingMs = environment.idleSince + this.#fn.idleTimeoutMs - now
      if (remainingMs > 0) nextMs = Math.min(nextMs, remainingMs)
      else void environment.end()
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#cancelIdleCheck ??= this.#scheduleIdleCheck(nextMs)
  }

  onUnavailable(environment: ExecutionEnvironment): void {
    this.#starting.delete(environment)
    this.#takeOut(environment)
    this.#environments.delete(environment)
  }

  onEnded(environment: ExecutionEnvironment, initFailure: InitFailure | undefined): void {
    if (this.#retired.delete(environment)) return
    if (initFailure !== undefined) this.#failWaiting(initFailure, environment)
    if (this.#closing) return
    this.#startNeeded()
    this.#restart(initFailure === undefined ? 0 : Math.min(restartDelayMsMax, restartDelayMs * 2 ** this.#restartFailures++))
  }

  /** As many as the environment was started for learn why it never became ready. */
  #failWaiting({ initMs, verdict }: InitFailure, environment: ExecutionEnvironment | undefined): void {
    this.meter.initFailures++
    let count = this.#fn.concurrencyPerEnvironment
    for (const invocation of this.#queue) {
      if (count-- === 0) break
      this.#queue.delete(invocation)
      invocation.start((line) => environment?.log(invocation.requestId, line))
      const figures = { durationMs: 0, memorySizeMb: this.#fn.memorySizeMb, memoryBytes: 0, initDurationMs: initMs }
      invocation.end(verdict(invocation.requestId), figures)
    }
  }

  /** Lets what runs come to its end for at most `graceMs`, then ends the environments. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true
    this.#cancelRestart?.()
    this.#cancelIdleCheck?.()
    this.#cancelScaleOut?.()
    const underway = Promise.allSettled(this.#underway)
    const { promise: expired, resolve: expire } = Promise.withResolvers<void>()
    const cancel = this.#services.clock.schedule(graceMs, expire)
    await Promise.race([underway, expired])
    cancel()
    for (const invocation of this.#queue) invocation.reject(new InvokerClosedError())
    this.#queue.clear()
    await Promise.all([...this.#environments, ...this.#retired].map((environment) => environment.end()))
    await underway
  }
}
