import type { RecordBatch } from '@millrace/stream'

/** Lambda's context object: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export interface Context {
  readonly functionName: string
  readonly functionVersion: string
  readonly invokedFunctionArn: string
  /** A string, as Lambda has it. */
  readonly memoryLimitInMB: string
  readonly awsRequestId: string
  readonly logGroupName: string
  readonly logStreamName: string
  readonly identity?: unknown
  readonly clientContext?: unknown
  callbackWaitsForEmptyEventLoop: boolean
  getRemainingTimeInMillis(): number
}

/** A Lambda handler for Node: `(event, context) => promise`, or with Lambda's older callback as third parameter. */
export type Handler<Event = unknown, Result = unknown> = (
  event: Event,
  context: Context,
  callback?: HandlerCallback<Result>,
) => Promise<Result> | void
export type HandlerCallback<Result = unknown> = (error?: Error | string | null, result?: Result) => void

/** What one record of a batch came to. The mapper acts on it. */
export type RecordOutcome =
  | { readonly outcome: 'settled' }
  /** Try this record again: `overload` also asks for less concurrency and is not counted as an attempt. */
  | { readonly outcome: 'retry'; readonly cause: 'overload' | 'error'; readonly reason: string; readonly afterMs?: number }
  /** Never try this record again: dead letter. */
  | { readonly outcome: 'terminal'; readonly reason: string }
  /** Of a dry run of a replay alone: nothing was done, and this is what would have been written. */
  | { readonly outcome: 'preview'; readonly document: PreviewDocument }

/** A document that a handler would write. */
export interface PreviewDocument {
  readonly id: string
  readonly dataStream: string
  /** `@timestamp`, milliseconds since the epoch. */
  readonly timestamp: number
  /** JSON text. */
  readonly source: string
}

/** Past records are sent through the function once more. */
export type ReplayMode =
  /** Nothing may be written: every outcome is `preview` or `terminal`. */
  | { readonly dryRun: true }
  /** What is written goes to this dataset, never to where the records were written first. */
  | { readonly dryRun: false; readonly into: string }

/**
 * Millrace's own kind of handler: reads the records' bytes directly, and answers one outcome per record, in order. The bytes are valid until it has answered: what is to outlive
 * the invocation is to be copied.
 */
export type BatchHandler = (batch: RecordBatch, context: BatchContext) => Promise<readonly RecordOutcome[]>

/** Lambda's context, and the signal that ends the invocation (time-out, shutdown). */
export interface BatchContext extends Context {
  /** An earlier invocation may have handled some of the records: they are tried again, or their shard has just been assigned. */
  readonly maybeRepeated: boolean
  /** The batch is replayed. A handler that cannot tell where it writes has to refuse it. */
  readonly replay?: ReplayMode | undefined
  readonly signal: AbortSignal
}

/**
 * How a native function is built inside its execution environment: the module exports this under the name that its definition gives. `init` is whatever
 * the definition carries (structured-cloneable, with ports to databases if need be).
 */
export type BatchHandlerFactory<Init = unknown> = (
  init: Init,
) => BatchHandler | DisposableBatchHandler | Promise<BatchHandler | DisposableBatchHandler>

/** A batch handler with something to give back. */
export interface DisposableBatchHandler {
  readonly handler: BatchHandler
  /** Called once, after the last invocation, when the environment ends in order (idle, shutdown); not when it is killed. */
  dispose(): Promise<void> | void
}
