import type { PreviewDocument } from './handler.ts'

/** Which past records go through which function. Types and ranges are checked already. */
export interface ReplayRequest {
  readonly streamName: string
  /** Whose filter and batches apply with a mapping: by its UUID. */
  readonly target: { readonly functionName: string } | { readonly mappingUuid: string }
  /** Records that arrived at or after this, milliseconds since the epoch. */
  readonly from: number
  /** Records that arrived before this, milliseconds since the epoch. A later time than now is now. */
  readonly to: number
  /** Nothing is written, and no Lambda handler invoked. */
  readonly dryRun: boolean
  /** Dataset that a batch handler writes to. */
  readonly into: string
  /** These shards alone. */
  readonly shardIds?: readonly string[] | undefined
  /** Go on behind these sequence numbers, by shard: what an earlier replay has told. */
  readonly after?: Readonly<Record<string, string>> | undefined
  /** Shards that are replayed at once, 1 to 64. A shard's batches go one after the other. */
  readonly concurrency: number
  /** Records of a batch, 1 to 10,000. Left out: the mapping's, or 1,000. */
  readonly batchSize?: number | undefined
  /** Further attempts at records that failed, 0 to 100. An overloaded index or function is waited for without limit. */
  readonly retries: number
  /** Differences to be told of in full, 0 to 10,000. */
  readonly show: number
}

/** What has become of the records so far. */
export interface ReplayCounts {
  /** Read within the times. `read` = `filtered` + `succeeded` + `failed` + `previewed` at the end. */
  readonly read: number
  readonly filtered: number
  readonly batches: number
  /** Of the batches: data, or the JSON of a Lambda handler's events. */
  readonly bytes: number
  readonly succeeded: number
  readonly failed: number
  /** Of a dry run. */
  readonly previewed: number
  /** Of a dry run of a batch handler: what its documents would be to those that there are. */
  readonly created: number
  readonly different: number
  readonly identical: number
}

/** Where a replay goes on: the last sequence number that is through, by shard. */
export type ReplayPositions = Readonly<Record<string, string>>

/** What a replay tells while it runs, in order. */
export type ReplayEvent =
  | {
      readonly type: 'begin'
      readonly stream: string
      readonly function: string
      readonly mapping?: string
      readonly dryRun: boolean
      /** Dataset that is written to. */
      readonly into?: string
      readonly from: number
      readonly to: number
      readonly shards: readonly string[]
    }
  /** Something that the result depends on, in a sentence. */
  | { readonly type: 'warning'; readonly shardId?: string; readonly message: string }
  /** The function or the index pushes back. */
  | { readonly type: 'waiting'; readonly shardId: string; readonly reason: string }
  /** A batch is through. */
  | {
      readonly type: 'batch'
      readonly shardId: string
      readonly firstSequenceNumber: string
      readonly lastSequenceNumber: string
      readonly records: number
      readonly bytes: number
      readonly failed: number
      readonly attempts: number
      /** Of the failure. */
      readonly reason?: string
    }
  | ({ readonly type: 'difference'; readonly shardId: string } & DocumentDifference)
  | { readonly type: 'progress'; readonly counts: ReplayCounts; readonly after: ReplayPositions; readonly arrival: number }
  /** The last one of a replay that got to its end. */
  | { readonly type: 'end'; readonly counts: ReplayCounts; readonly after: ReplayPositions }

/** What a document would change. */
export interface DocumentDifference {
  readonly id: string
  readonly dataStream: string
  readonly status: 'new' | 'identical' | 'different'
  readonly existingDataStream?: string
  readonly fields?: readonly { readonly field: string; readonly existing?: unknown; readonly wanted?: unknown }[]
}

/** Compares documents with those of the same ids that there are, in order. */
export type CompareDocuments = (documents: readonly PreviewDocument[], signal: AbortSignal) => Promise<readonly DocumentDifference[]>

/** Sends past records through functions once more. No checkpoint is taken, and no mapping disturbed. */
export interface Replays {
  /**
   * Rejects with `InvalidReplayError`, `FunctionNotFoundError`, or the stream's `StreamNotFoundError` where it cannot begin. What is answered then runs as fast as it is
   * read, and throws the signal's reason once that is aborted; to leave it ends it as well.
   */
  start(request: ReplayRequest, signal: AbortSignal): Promise<AsyncIterable<ReplayEvent>>
}

/** A replay that cannot be meant: the message says what of it. */
export class InvalidReplayError extends Error {
  readonly retryable = false
  override readonly name = 'InvalidReplayError'
}
