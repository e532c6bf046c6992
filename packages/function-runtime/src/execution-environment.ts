import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { ResolvedFunction } from './function-definition.ts'
import { invokeRequest } from './invoke-request.ts'
import type { Invocation, InvocationFigures, Verdict } from './invocation.ts'
import type { AnswerReply, EnvironmentReply, EnvironmentRequest, ErrorPayload } from './protocol.ts'
import { MemoryWatch } from './memory-watch.ts'
import { RunningInvocation } from './running-invocation.ts'
import type { RuntimeServices } from './runtime-services.ts'
import { startWorker, type StartedWorker } from './start-worker.ts'
import { crashed, environmentEnded, exited, outOfMemory, timedOut, timeoutText } from './verdicts.ts'

/** What an environment tells the pool that it belongs to. */
export interface EnvironmentOwner {
  onReady(environment: ExecutionEnvironment, initMs: number): void
  /** An invocation has ended here, and another one may come. */
  onFree(environment: ExecutionEnvironment): void
  /** Nothing more may be run here. */
  onUnavailable(environment: ExecutionEnvironment): void
  /** Its thread is gone. With an error where it never became ready. */
  onEnded(environment: ExecutionEnvironment, initFailure: InitFailure | undefined): void
}

/** Why an environment never became ready. `error` is for the invocations that waited for it. */
export interface InitFailure {
  readonly initMs: number
  readonly verdict: (requestId: string) => Verdict
}

/** One worker thread that has loaded one function: the runtime's side of it. */
export class ExecutionEnvironment {
  readonly fn: ResolvedFunction
  readonly logStreamName: string
  readonly provisioned: boolean
  /** When its last invocation ended, milliseconds since the epoch. */
  idleSince = 0
  readonly #owner: EnvironmentOwner
  readonly #services: RuntimeServices
  readonly #running = new Map<number, RunningInvocation>()
  readonly #started: StartedWorker
  readonly #port: MessagePort
  readonly #memoryWatch: MemoryWatch
  readonly #exited: Promise<void>
  readonly #resolveExited: () => void
  #state: 'starting' | 'ready' | 'ending' | 'ended' = 'starting'
  #killed = false
  #initMs: number | undefined
  #initFailure: InitFailure | undefined
  #cancelInitTimeout: () => void
  #cancelTerminateGrace: (() => void) | undefined
  #memoryBytes = 0
  #nextId = 0
  /** For those that run when the thread ends and have no verdict yet. */
  #endVerdict: ((requestId: string) => Verdict) | undefined

  constructor(fn: ResolvedFunction, owner: EnvironmentOwner, services: RuntimeServices, provisioned: boolean) {
    this.fn = fn
    this.#owner = owner
    this.#services = services
    this.provisioned = provisioned
    this.#started = startWorker(fn, services, provisioned)
    this.logStreamName = this.#started.logStreamName
    this.#port = this.#started.port
    this.#port.on('message', (reply: EnvironmentReply) => this.#receive(reply))
    this.#port.unref()
    const { worker } = this.#started
    worker.on('error', (error: Error) => this.#onError(error))
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#exited = promise
    this.#resolveExited = resolve
    worker.once('exit', (code) => this.#onExit(code))
    this.#memoryWatch = new MemoryWatch(services.clock, services.memoryCheckMs, fn.memorySizeMb * 1_048_576, {
      busy: () => this.#state === 'ready' && this.#running.size > 0,
      heap: () => worker.getHeapStatistics().catch(() => undefined),
      onMeasured: (bytes) => {
        this.#memoryBytes = Math.max(this.#memoryBytes, bytes)
      },
      onLimit: () => {
        this.#endVerdict ??= (requestId) => outOfMemory(requestId, fn.memorySizeMb)
        this.#kill()
      },
    })
    // Lambda's limit is for code that users bring: one's own, on a machine that is starved, would be started again and again, and never get to work.
    const initTimeoutMs =
      fn.definition.kind === 'native' ? Math.max(services.initTimeoutMs, fn.timeoutSeconds * 1000) : services.initTimeoutMs
    this.#cancelInitTimeout = services.clock.schedule(initTimeoutMs, () => {
      const errorMessage = `Error: Initialization timed out after ${(initTimeoutMs / 1000).toFixed(2)} seconds`
      this.#failInit(initTimeoutMs, () => ({
        kind: 'failure',
        error: { errorType: 'Sandbox.Timedout', errorMessage, trace: [] },
        report: { status: 'timeout' },
      }))
      this.#kill()
    })
  }

  get busy(): number {
    return this.#running.size
  }

  get hasRoom(): boolean {
    return this.#state === 'ready' && this.#running.size < this.fn.concurrencyPerEnvironment
  }

  /** From now on its initialisation belongs to no invocation: it was ready before it was needed. */
  forgetInit(): void {
    this.#initMs = undefined
  }

  /** Runs an invocation; only while `hasRoom`. */
  run(invocation: Invocation): void {
    const { clock } = this.#services
    const id = this.#nextId++
    const running = new RunningInvocation(id, invocation, this.#initMs, clock, this.fn.timeoutSeconds * 1000, {
      timeout: (running) => this.#timeOut(running),
      abort: (running, reason) => this.#stop(running, { kind: 'reject', reason }),
    })
    this.#initMs = undefined
    this.#running.set(id, running)
    invocation.start(this.#services.onLog === undefined ? undefined : (line) => this.log(invocation.requestId, line))
    const { request, transfer } = invokeRequest(id, invocation.requestId, this.fn.timeoutSeconds * 1000, invocation.payload)
    this.#port.postMessage(request, transfer)
    this.#memoryWatch.begin()
  }

  #post(request: EnvironmentRequest): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A port, not a window.
    this.#port.postMessage(request)
  }

  /** Ends the environment; an idle one in order: what its function has to give back is given back. Resolves when the thread is gone. */
  async end(): Promise<void> {
    this.#endVerdict ??= (requestId) => environmentEnded(requestId, 'this process is shutting down.')
    if (this.#state === 'ready' && this.#running.size === 0) {
      this.#leave()
      if (this.fn.definition.kind === 'native') {
        this.#post({ type: 'end' })
        const cancel = this.#services.clock.schedule(this.#services.disposeGraceMs, () => this.#kill())
        await this.#exited
        cancel()
        return
      }
    }
    this.#kill()
    await this.#exited
  }

  #receive(reply: EnvironmentReply): void {
    if (reply.type === 'answer') this.#answer(reply)
    else if (reply.type === 'log') this.#onLogReply(reply.id, reply.text)
    else if (reply.type === 'ready') this.#onReady(reply.initMs)
    else if (reply.type === 'init-failed') this.#failInit(reply.initMs, () => crashed(reply.error))
    else this.#onCrash(reply.id, reply.error)
  }

  #onReady(initMs: number): void {
    this.#cancelInitTimeout()
    if (this.#state !== 'starting') return
    this.#state = 'ready'
    this.#initMs = initMs
    this.#owner.onReady(this, initMs)
  }

  #answer(reply: AnswerReply): void {
    const running = this.#running.get(reply.id)
    if (running === undefined) return
    this.#memoryBytes = Math.max(this.#memoryBytes, reply.memoryBytes)
    this.#running.delete(reply.id)
    running.release()
    const figures = this.#figures(running, reply.durationMs)
    // First the place, then the result: whoever goes on because of the result finds the environment free.
    this.idleSince = this.#services.clock.now()
    if (this.#state === 'ready') this.#owner.onFree(this)
    if (running.verdict === undefined) running.invocation.answer(reply.answer, figures)
    else running.invocation.end(running.verdict, figures)
  }

  #figures(running: RunningInvocation, durationMs: number): InvocationFigures {
    return { durationMs, memorySizeMb: this.fn.memorySizeMb, memoryBytes: this.#memoryBytes, initDurationMs: running.initDurationMs }
  }

  #timeOut(running: RunningInvocation): void {
    const { invocation } = running
    invocation.log(`${new Date(this.#services.clock.now()).toISOString()} ${invocation.requestId} ${timeoutText(this.fn.timeoutSeconds)}`)
    this.#stop(running, timedOut(invocation.requestId, this.fn.timeoutSeconds))
  }

  /** Ends one invocation. A native one is asked first; a Lambda handler knows no such question, and its environment goes with it. */
  #stop(running: RunningInvocation, verdict: Verdict): void {
    if (running.verdict !== undefined || !this.#running.has(running.id)) return
    running.verdict = verdict
    const why = verdict.kind === 'reject' ? 'another invocation in it was aborted.' : 'another invocation in it timed out.'
    const kill = (): void => {
      this.#endVerdict ??= (requestId) => environmentEnded(requestId, why)
      this.#kill()
    }
    if (this.fn.definition.kind === 'lambda') return kill()
    this.#post({ type: 'abort', id: running.id, reason: verdict.kind === 'reject' ? String(verdict.reason) : verdict.error.errorMessage })
    running.grant(this.#services.abortGraceMs, kill)
  }

  #onCrash(id: number | undefined, error: ErrorPayload): void {
    for (const running of this.#running.values()) {
      if (id === undefined || running.id === id) running.verdict ??= crashed(error)
    }
    this.#endVerdict ??= (requestId) => environmentEnded(requestId, `another invocation in it crashed with ${error.errorType}.`)
    this.#leave()
  }

  /** What the thread itself reports: its memory limit, or an error outside of everything that the environment catches. */
  #onError(error: Error): void {
    const memory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    if (memory) this.#memoryBytes = this.fn.memorySizeMb * 1_048_576
    const verdict = (requestId: string): Verdict =>
      memory
        ? outOfMemory(requestId, this.fn.memorySizeMb)
        : crashed({ errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') })
    if (this.#state === 'starting') this.#failInit(0, verdict)
    this.#endVerdict ??= verdict
    this.#leave()
  }

  #failInit(initMs: number, verdict: (requestId: string) => Verdict): void {
    this.#initFailure ??= { initMs, verdict }
  }

  #leave(): void {
    if (this.#state === 'ending' || this.#state === 'ended') return
    this.#state = 'ending'
    this.#owner.onUnavailable(this)
  }

  /** The thread ends, whatever it does. Its invocations end with it. */
  #kill(): void {
    this.#leave()
    if (this.#killed) return
    this.#killed = true
    void this.#started.worker.terminate()
    // A thread inside of native code ends when it comes out of it. Nobody waits for that without end.
    this.#cancelTerminateGrace = this.#services.clock.schedule(this.#services.terminateGraceMs, () => {
      this.#endRunning(1)
      this.#resolveExited()
    })
  }

  #onExit(exitCode: number): void {
    // What it said before it ended may still be on its way.
    for (let received = receiveMessageOnPort(this.#port); received !== undefined; received = receiveMessageOnPort(this.#port)) {
      this.#receive(received.message as EnvironmentReply)
    }
    const neverReady = this.#state === 'starting' || this.#initFailure !== undefined
    if (neverReady) this.#failInit(0, (requestId) => exited(requestId, exitCode))
    this.#leave()
    this.#state = 'ended'
    this.#cancelInitTimeout()
    this.#memoryWatch.stop()
    this.#cancelTerminateGrace?.()
    this.#started.close()
    this.#endRunning(exitCode)
    this.#owner.onEnded(this, this.#initFailure)
    this.#resolveExited()
  }

  #endRunning(exitCode: number): void {
    for (const running of this.#running.values()) {
      running.release()
      const { invocation } = running
      const verdict = running.verdict ?? this.#endVerdict?.(invocation.requestId) ?? exited(invocation.requestId, exitCode)
      const timedOut = verdict.kind === 'failure' && verdict.report.status === 'timeout'
      const durationMs = timedOut ? this.fn.timeoutSeconds * 1000 : performance.now() - running.begunMs
      invocation.end(verdict, this.#figures(running, durationMs))
    }
    this.#running.clear()
  }

  #onLogReply(id: number | undefined, text: string): void {
    this.#started.acknowledgeLog(text.length)
    const running = id === undefined ? undefined : this.#running.get(id)
    if (running === undefined) this.log(undefined, text)
    else running.invocation.log(text)
  }

  /** Adds an event to the function's log. */
  log(requestId: string | undefined, line: string): void {
    const { onLog, clock } = this.#services
    onLog?.({ functionName: this.fn.name, requestId, logStreamName: this.logStreamName, timestamp: clock.now(), line })
  }
}
