import type { RecordOutcome, ReplayMode, TumblingWindow } from '@millrace/function'
import type { RecordSource } from '@millrace/stream'
import type { MessagePort } from 'node:worker_threads'

/*
 * What the runtime and an execution environment say to each other. An environment has a port of its own for it, so that `parentPort` is the handler's
 * to use or to leave.
 */

/** What an environment starts with: its `workerData`. */
export interface EnvironmentData {
  readonly port: MessagePort
  /** URLs that begin so are asked of the `SourceServer`. */
  readonly sourcePrefix: string
  /** Asks the runtime for sources: see `SourceServer`. */
  readonly sourcePort: MessagePort
  readonly sourceFlag: SharedArrayBuffer
  /** URL of the module that the environment runs. */
  readonly main: string
  /** Bytes of log that are under way to the runtime. */
  readonly logFlow: SharedArrayBuffer
  /** Milliseconds since the epoch, with a fraction: the beginning of initialisation. */
  readonly startedTimestamp: number
  readonly functionName: string
  readonly functionArn: string
  readonly memorySizeMb: number
  readonly logStreamName: string
  readonly concurrency: number
  readonly code: LambdaCode | NativeCode
}

export interface LambdaCode {
  readonly kind: 'lambda'
  readonly directory: string
  readonly handler: string
}

export interface NativeCode {
  readonly kind: 'native'
  readonly module: string
  readonly export: string
  readonly data: unknown
}

export type EnvironmentRequest =
  | InvokeRequest
  /** Aborts the signal of a native invocation. */
  | { readonly type: 'abort'; readonly id: number; readonly reason: string }
  /** Dispose and exit. */
  | { readonly type: 'end' }

export interface InvokeRequest {
  readonly type: 'invoke'
  readonly id: number
  readonly requestId: string
  readonly timeoutMs: number
  readonly event: WireEvent
}

type WireEvent =
  | { readonly kind: 'json'; readonly json: string }
  /** As `encodeRecords` made them. */
  | {
      readonly kind: 'records'
      readonly source: RecordSource
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly maybeRepeated: boolean
      readonly window: TumblingWindow | undefined
      readonly replay: ReplayMode | undefined
    }

export type EnvironmentReply =
  | { readonly type: 'ready'; readonly initMs: number }
  | { readonly type: 'init-failed'; readonly initMs: number; readonly error: ErrorPayload }
  | { readonly type: 'log'; readonly id: number | undefined; readonly text: string }
  | AnswerReply
  /** An error that nobody caught; the environment exits. `id` where it is known whose it is. */
  | { readonly type: 'crash'; readonly id: number | undefined; readonly error: ErrorPayload }

export interface AnswerReply {
  readonly type: 'answer'
  readonly id: number
  readonly durationMs: number
  /** Heap and buffers of the environment. */
  readonly memoryBytes: number
  readonly answer: Answer
}

export type Answer =
  | { readonly kind: 'success'; readonly json: string }
  /** `others` are the outcomes that are not `settled`, by index. */
  | { readonly kind: 'outcomes'; readonly count: number; readonly others: readonly (readonly [number, RecordOutcome])[] }
  | { readonly kind: 'failure'; readonly error: ErrorPayload }

/** Lambda's error object. */
export interface ErrorPayload {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace: readonly string[]
}

/** Lambda's limit on the payload of a synchronous invocation. */
export const payloadBytesMax = 6_291_456
/** Lambda's limit on its response. */
export const responseBytesMax = 6_291_556
/** A log event longer than this is cut, as CloudWatch cuts it. */
export const logEventCharsMax = 262_144
/** Log under way from one environment; a handler that writes faster waits. */
export const logFlowCharsMax = 1_048_576
