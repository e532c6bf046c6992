import type { DeadLetter, DeadLetterQuery } from '../dead-letters.ts'
import type { Resource } from '../resources.ts'
import type { Shard } from '../shard.ts'
import type { StreamDescription } from '../stream.ts'

/** What is stored of a stream beside its shards: its status is not. */
export type StoredDescription = Omit<StreamDescription, 'status'>

/** One encoded record batch of one shard: what a local stream stores, caches and reads. All of its records arrived at one time. */
export interface Chunk {
  readonly firstPosition: number
  readonly count: number
  /** Milliseconds since the epoch. */
  readonly arrivalTimestamp: number
  /** As `encodeAppended` makes them. */
  readonly bytes: Uint8Array
}

/** A chunk on its way to the store. `shardKey` is the shard's number across all streams of the store. */
export interface Append extends Chunk {
  readonly shardKey: number
}

/** Everything else that a store writes. One transaction takes any number of them, in order, after its appends. */
export type Operation =
  | { readonly kind: 'create-stream'; readonly stream: StoredStream }
  | { readonly kind: 'delete-stream'; readonly incarnation: string }
  /** Closes shards and opens others. `shardCount` is that of the open ones then. */
  | {
      readonly kind: 'reshard'
      readonly incarnation: string
      readonly shardCount: number
      readonly closed: readonly ClosedShard[]
      readonly opened: readonly StoredShard[]
    }
  /** Removes a closed shard that has no records left, with its checkpoints. */
  | { readonly kind: 'forget-shard'; readonly shardKey: number }
  | { readonly kind: 'set-retention'; readonly incarnation: string; readonly retentionHours: number }
  /** A checkpoint below the stored one changes nothing. `lostRecords` is the total so far. */
  | {
      readonly kind: 'checkpoint'
      readonly shardKey: number
      readonly consumer: string
      readonly position: number
      readonly lostRecords: number
    }
  /** Removes the consumer's checkpoints. */
  | { readonly kind: 'delete-consumer'; readonly incarnation: string; readonly consumer: string }
  /** Removes chunks that arrived before the time, oldest first. Answers `TrimResult`. */
  | { readonly kind: 'trim'; readonly shardKey: number; readonly beforeTimestamp: number; readonly bounds: RemovalBounds }
  /** Removes chunks of deleted streams. Answers whether more are left. */
  | { readonly kind: 'purge'; readonly bounds: RemovalBounds }
  | { readonly kind: 'add-dead-letters'; readonly letters: readonly DeadLetter[] }
  /** Answers how many there were. */
  | { readonly kind: 'remove-dead-letters'; readonly ids: readonly string[] }
  | { readonly kind: 'put-resource'; readonly resource: Resource }
  /** Its version is kept as the last one that was given. */
  | { readonly kind: 'delete-resource'; readonly resource: Omit<Resource, 'value'> }

/** How much one removal may take on, so that puts do not wait long for it. The chunk that passes a bound is the last one. */
export interface RemovalBounds {
  readonly chunksMax: number
  readonly bytesMax: number
}

export interface TrimResult {
  /** First position that is left; the tip where nothing is. */
  readonly horizon: number
  /** Arrival of the oldest chunk that is left. */
  readonly oldestTimestamp: number | undefined
  /** The bound was met: there may be more to remove. */
  readonly more: boolean
}

export interface StoredShard {
  readonly key: number
  readonly shard: Shard
  /** Position of the next record. Never goes back, also when every record was trimmed. */
  readonly tip: number
  /** First position that is there; the tip where nothing is. */
  readonly horizon: number
  readonly oldestTimestamp: number | undefined
  /** Arrival of the newest record that there ever was; 0 before the first. */
  readonly newestTimestamp: number
}

export interface ClosedShard {
  readonly key: number
  readonly endingPosition: number
  readonly closedTimestamp: number
}

export interface StoredCheckpoint {
  readonly consumer: string
  readonly shardKey: number
  readonly position: number
  readonly lostRecords: number
}

export interface StoredStream {
  readonly description: StoredDescription
  readonly shards: readonly StoredShard[]
  readonly checkpoints: readonly StoredCheckpoint[]
}

export interface StoredResources {
  readonly resources: readonly Resource[]
  /** The highest version that there ever was; 0 before the first. */
  readonly lastVersion: number
}

export interface StoredState extends StoredResources {
  readonly streams: readonly StoredStream[]
  /** Above the key of every shard that has anything stored. */
  readonly nextShardKey: number
}

export interface ChunkPage {
  /** In order. The first holds position `from`, unless there is nothing from there on. At least one where there is one, however large. */
  readonly chunks: readonly Chunk[]
  /** The position that was asked for, or the next one that retention left. */
  readonly from: number
}

/**
 * Where local streams keep what they have. One writes at a time; reads go on meanwhile and see whole transactions.
 *
 * Rejects with `StorageError` when nothing can be written at present, `StorageFailedError` when nothing ever will be.
 */
export interface LocalStore {
  /**
   * All or nothing; resolves when it is on disk, with one answer per operation. The chunks' bytes belong to the store until then, and
   * come back in `chunks`, in order, since a store may have to hand them to another thread and back.
   */
  commit(
    appends: readonly Append[],
    operations: readonly Operation[],
  ): Promise<{ readonly chunks: readonly Chunk[]; readonly answers: readonly unknown[] }>
  /** Chunks from the one that holds `from`, about `bytesMax` of them. */
  readChunks(shardKey: number, from: number, bytesMax: number): Promise<ChunkPage>
  /** First position that arrived at or after the time; undefined where there is none. */
  positionAt(shardKey: number, timestamp: number): Promise<number | undefined>
  /** Arrival of the first record at or above the position; undefined where there is none. */
  timestampAt(shardKey: number, position: number): Promise<number | undefined>
  listDeadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]>
  getDeadLetter(id: string): Promise<DeadLetter | undefined>
  countDeadLetters(): Promise<number>
  close(): Promise<void>
}
