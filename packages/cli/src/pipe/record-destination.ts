import type { PipeBatch } from './pipe-batch.ts'

/** Where a pipe's records go. */
export interface RecordDestination {
  /** For messages, and for telling the spools of different destinations apart: e.g. `http://127.0.0.1:4577`. */
  readonly name: string
  /**
   * Sends a batch once. Whatever goes wrong is a result; only a defect throws. An aborted signal gives a `retry`. The same batch may be sent again after any
   * result: the records carry their identity.
   */
  send(batch: PipeBatch, signal: AbortSignal): Promise<SendResult>
  close(): Promise<void>
}

export type SendResult =
  /** Every record that is not among the refused ones is kept durably. */
  | { readonly outcome: 'answered'; readonly refused: readonly RefusedRecord[]; readonly afterMs?: number | undefined }
  /** None was accepted, or it is not known (`uncertain`). `away`: nobody answers; `overload`: someone does, and asks for less. */
  | {
      readonly outcome: 'retry'
      readonly cause: 'away' | 'overload'
      readonly reason: string
      readonly afterMs?: number | undefined
      readonly uncertain: boolean
    }
  /** Fewer records at once may be accepted. */
  | { readonly outcome: 'too-large'; readonly reason: string }
  /** These records never will be accepted. */
  | { readonly outcome: 'rejected'; readonly reason: string }
  /** Nothing will be accepted as this pipe is set up: a wrong key, an unknown stream. */
  | { readonly outcome: 'fatal'; readonly reason: string }

export interface RefusedRecord {
  /** Place in the batch, from 0. */
  readonly index: number
  /** `internal`: the stream failed in the middle of it, and may have taken it. */
  readonly code?: string
  readonly message: string
  readonly retryable: boolean
}
