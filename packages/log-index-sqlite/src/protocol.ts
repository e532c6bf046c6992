import type { DocumentOutcome } from '@millrace/log-index'
import type { BulkBlock } from './encode-bulk.ts'

/** From a sink, in whatever thread, to the writer's thread. Its port carries nothing else. */
export interface BulkMessage {
  readonly bulk: number
  readonly blocks: readonly BulkBlock[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

export type WriterMessage =
  /** First on each port. `pendingBytes` is one 32-bit counter that all sinks of the writer share. */
  | { readonly type: 'hello'; readonly pendingBytes: SharedArrayBuffer; readonly pendingBytesMax: number }
  | { readonly type: 'answer'; readonly bulk: number; readonly blocks: readonly BlockAnswer[] }
  /** Last on each port, when the index is closed in good order. */
  | { readonly type: 'closed' }

/** What became of a block: `existing` has the places within the block of documents that were there before. */
export type BlockAnswer =
  | { readonly written: true; readonly existing?: readonly number[] }
  | { readonly written: false; readonly outcome: DocumentOutcome }
