import type { RecordSource, StreamRecord } from '@millrace/stream'
import type { RecordOutcome, ReplayMode } from './handler.ts'

/** What a function is invoked with. */
export type Payload =
  /** Any event: JSON text. */
  | { readonly kind: 'json'; readonly json: string }
  /** Records of one shard. A Lambda handler sees a `KinesisStreamEvent` (of a Kafka topic a `SelfManagedKafkaEvent`), a batch handler the records themselves. */
  | {
      readonly kind: 'records'
      readonly source: RecordSource
      readonly records: readonly StreamRecord[]
      /** An earlier invocation, here or in another process, may have handled some of them already. Batch handlers see it in their context. */
      readonly maybeRepeated?: boolean
      /** The records are replayed. Batch handlers see it in their context; a Lambda handler gets the same event as ever. */
      readonly replay?: ReplayMode
      /** Makes the event one with a tumbling window: a `KinesisTimeWindowEvent`. For Lambda handlers alone. */
      readonly window?: TumblingWindow
    }

/** A tumbling window as one invocation sees it. */
export interface TumblingWindow {
  /** Milliseconds since the epoch, whole seconds. */
  readonly start: number
  /** The same, exclusive. */
  readonly end: number
  /** JSON text. */
  readonly state: string
  readonly isFinalInvokeForWindow: boolean
  readonly isWindowTerminatedEarly: boolean
}

export interface InvokeOptions {
  /** Ends the invocation. Rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** From `acquire` of the same invoker for the same function: this invocation runs under it and meets no concurrency limit of its own. */
  readonly permit?: Permit
  /** The invocation's request id; drawn if there is none. The attempts of an asynchronous invocation share one. */
  readonly requestId?: string
}

/**
 * The right to one execution of a function at a time. It counts as a concurrent execution from `acquire` to `release`, used or not: whoever has nothing
 * to invoke (waits at the tip of a stream, backs off) releases it, so that others may run.
 */
export interface Permit {
  readonly functionName: string
  /** Gives the permit back. During an invocation under it: when that has ended. Further calls do nothing. */
  release(): void
}

/** Invokes functions by name. */
export interface Invoker {
  /**
   * Resolves with what the invocation came to, also when the handler failed: that is a `FunctionFailure`.
   * Rejects with an `InvokeError` when the function was not run: `FunctionNotFoundError`, `TooManyRequestsError` (never under a permit),
   * `InvokerClosedError`, `PayloadTooLargeError`.
   */
  invoke(functionName: string, payload: Payload, options?: InvokeOptions): Promise<InvocationResult>
  /**
   * Waits, first come, first served, until the function may be executed once more. Whoever polls records acquires first and polls then: so waiting work
   * stays in the stream. One invocation at a time runs under a permit, any number one after the other.
   * Rejects with the signal's reason, with `FunctionNotFoundError`, `InvokerClosedError`, or with `TooManyRequestsError` when already as many wait as
   * the invoker allows.
   */
  acquire(functionName: string, signal: AbortSignal): Promise<Permit>
}

export type InvocationResult = FunctionSuccess | FunctionOutcomes | FunctionFailure

interface Invocation {
  readonly requestId: string
  readonly report: InvocationReport
  /** The last 4 KB of what the invocation logged, its START, END and REPORT lines included: Lambda's LogType Tail. */
  readonly logTail: string
}

/** A Lambda handler returned. */
export interface FunctionSuccess extends Invocation {
  readonly kind: 'success'
  /** JSON text of what the handler returned; `null` for nothing. */
  readonly json: string
}

/** A batch handler returned. */
export interface FunctionOutcomes extends Invocation {
  readonly kind: 'outcomes'
  /** One per record, in order. */
  readonly outcomes: readonly RecordOutcome[]
}

/** The function failed: it threw, timed out, ran out of memory, ended its process, or returned what cannot be sent. */
export interface FunctionFailure extends Invocation {
  readonly kind: 'failure'
  /** As in Lambda's `errorType`, e.g. `TypeError`, `Sandbox.Timedout`, `Runtime.OutOfMemory`, `Runtime.ExitError`, `Runtime.ImportModuleError`. */
  readonly errorType: string
  readonly errorMessage: string
  readonly trace: readonly string[]
}

/** What Lambda's REPORT line says. */
export interface InvocationReport {
  readonly durationMs: number
  /** Whole milliseconds, rounded up; initialisation included, as Lambda bills it. */
  readonly billedDurationMs: number
  /** Of the invocation that started the environment only. */
  readonly initDurationMs?: number
  readonly memorySizeMb: number
  readonly maxMemoryUsedMb: number
}
