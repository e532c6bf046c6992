import type { PutRecord, PutResult, StreamRecord } from './record.ts'
import type { KafkaSource, RecordSource, Shard } from './shard.ts'

/** Where to begin in a shard: Kinesis's ShardIteratorType, and the same by position. */
export type ShardPosition =
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'LATEST' }
  /** The first record that arrived at or after this time, milliseconds since the epoch. */
  | { readonly type: 'AT_TIMESTAMP'; readonly timestamp: number }
  | { readonly type: 'AT_SEQUENCE_NUMBER'; readonly sequenceNumber: string }
  | { readonly type: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string }
  | { readonly type: 'AT_POSITION'; readonly position: number }

/** Ends a read. At least one record is returned where there is one, however large it is. */
export interface ReadLimit {
  readonly recordsMax: number
  readonly bytesMax: number
}

export interface ReadResult {
  readonly records: readonly StreamRecord[]
  /** Position to go on from with `AT_POSITION`. */
  readonly nextPosition: number
  /** How far the end of this read lies behind the shard's tip, in milliseconds; 0 at the tip. */
  readonly millisBehindLatest: number
  /** The shard is closed and was read to its end: go on with its children. */
  readonly endOfShard: boolean
}

export interface SubscribeOptions {
  /** Where a shard begins for a consumer that has no checkpoint on it. */
  readonly startingPosition: Extract<ShardPosition, { type: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP' }>
  /** Bound of one array of `batches()`. */
  readonly batchRecordsMax: number
  /** Bound of one array of `batches()`; a single larger record still comes, alone. */
  readonly batchBytesMax: number
}

/** How a consumer stands on one shard. All of it is true while nothing moves. */
export interface ShardLag {
  readonly shardId: string
  /** Position below which everything is settled: where the consumer would begin. */
  readonly checkpoint: number
  /** Position that the next record will get. */
  readonly tip: number
  /** Unsettled records. An estimate where positions have gaps. */
  readonly records: number
  /** Arrival of the oldest unsettled record; undefined where there is none. Lag in seconds is now minus this. */
  readonly oldestUnsettledTimestamp: number | undefined
  /** Records that retention took before they were settled. More than 0 is loss, and is logged. */
  readonly lostRecords: number
}

/**
 * One partitioned stream.
 *
 * Promises that every backend keeps (`streamConformance` in this package is their test):
 * - a record is answered `accepted` only when it survives the death of the process and the machine (in-memory: of nothing);
 * - records of one put with the same partition key land in the order given; records of a shard have ascending positions;
 * - `put` answers one result per record, in order, and throws only for a stream that is gone or closed (`StreamGoneError`, `StreamClosedError`);
 * - memory under way is bounded: past the bound records are refused as `throughput-exceeded`.
 */
export interface Stream {
  readonly name: string
  /** Drawn when the stream is created: two streams of the same name, one after the other, differ in it. */
  readonly incarnation: string
  /** A Kafka topic that is not a stream: it is read as one, and every put is refused. */
  readonly kafka?: KafkaSource
  /** By index: open ones, and closed ones until retention has taken them. */
  shards(): Promise<readonly Shard[]>
  /** The records' bytes must stay as they are until the put is answered. */
  put(records: readonly PutRecord[]): Promise<readonly PutResult[]>
  /** Random access: GetRecords, replay, the console. Throws `ShardNotFoundError`, `InvalidPositionError`. */
  read(shardId: string, from: ShardPosition, limit: ReadLimit, signal?: AbortSignal): Promise<ReadResult>
  /**
   * The shards that are this process's to work on, as they are assigned. Ends when the signal is aborted, after every assigned shard
   * was revoked. Shards are shared out among all subscribers of the same consumer name; parents are finished before their children.
   * A consumer of a new name begins at `startingPosition` in every shard that there is then; shards that are opened later are read from their first record.
   */
  subscribe(consumer: string, options: SubscribeOptions, signal: AbortSignal): AsyncIterable<AssignedShard>
  lag(consumer: string): Promise<readonly ShardLag[]>
  /** Whether a subscriber of this process takes part when the consumer's shards are shared out. It may hold none, where there are more subscribers than shards. */
  isSubscribed(consumer: string): boolean
  /** Whether anyone is subscribed as this consumer, in any process. One that died counts until Kafka has noticed. */
  hasSubscribers(consumer: string): Promise<boolean>
  /** Removes the consumer's checkpoints: one of the same name begins anew. Throws `ConsumerInUseError` while anyone is subscribed. */
  forgetConsumer(consumer: string): Promise<void>
}

/** A shard while it is this process's to work on. */
export interface AssignedShard {
  /** `source.shard.shardId` is the shard. */
  readonly source: RecordSource
  /** Aborted when the shard is someone else's. From then on nothing may be settled here. */
  readonly revoked: AbortSignal
  /**
   * The records in order, from the checkpoint on. Not pulling is the back-pressure. An array is never empty. Waits at the tip without
   * polling. Ends at the end of a closed shard, and when the shard is revoked. May be iterated once.
   * Throws a `StreamError` when the storage cannot be read: leave the subscription then, and subscribe anew.
   */
  batches(): AsyncIterable<readonly StreamRecord[]>
  /**
   * Everything below `position` is settled; kept durably. Positions only ascend: a lower one than before is ignored.
   * Rejects with `ShardRevokedError` once revoked.
   */
  checkpoint(position: number): Promise<void>
  /**
   * An array of `batches()` is done with: neither its records nor their data are read any more, and their memory may be taken back before the garbage collector comes. Of a record only
   * the position and the arrival may be read from then on. Nobody has to call it.
   */
  release?(records: readonly StreamRecord[]): void
}

export interface StreamSettings {
  readonly shardCount: number
  /** 1 h to 8,760 h; Kinesis's default is 24 h. */
  readonly retentionHours: number
}

/**
 * Kinesis's: a stream is used while it is `ACTIVE` or `UPDATING`; while it is `UPDATING`, its shards are being changed, and records are put and read as ever.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StreamDescription.html
 */
export type StreamStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING'

export interface StreamDescription extends StreamSettings {
  readonly name: string
  readonly incarnation: string
  /** Milliseconds since the epoch. */
  readonly createdTimestamp: number
  /** Of open shards. */
  readonly shardCount: number
  readonly status: StreamStatus
}

/**
 * Creates, describes, reshards and deletes streams.
 *
 * Resharding closes shards, whose records stay until retention takes them, and opens others over the same hash keys. Promises of every backend
 * (`streamConformance` is their test):
 * - when the call resolves, this process puts into the new shards; other processes do within seconds, and what they put meanwhile is neither lost nor out of order;
 * - records of a key stay in order: a consumer is given a shard when it has settled all of the shard's parents, also if another process did;
 * - sequence numbers of a child are above every one of its parents';
 * - a closed shard is listed by `shards` until its retention is over, and its children name it even then;
 * - all of a split or merge happens, or nothing; between the steps of a `scale` the stream is whole.
 *
 * Changes of one stream come one after the other: `StreamInUseError` while one is under way.
 */
export interface StreamRegistry {
  /** Throws `StreamExistsError`, `InvalidStreamError` (a name that is not `[a-zA-Z0-9_.-]{1,128}`, a shard count out of 1 to 10,000). */
  create(name: string, settings: StreamSettings): Promise<Stream>
  /** Throws `StreamNotFoundError`, which names the streams that there are. One that is being created or deleted is none. */
  get(name: string): Promise<Stream>
  /** Also of a stream that is being created or deleted. Throws `StreamNotFoundError`. */
  describe(name: string): Promise<StreamDescription>
  /** By name; streams that are being created or deleted with the others. */
  list(): Promise<readonly StreamDescription[]>
  /**
   * Closes a shard for two: the second begins at the hash key. Resolves when they are open.
   * Throws `ShardNotFoundError`, `ShardClosedError`, `InvalidReshardError` (a key that leaves a child nothing), `ShardLimitError`, `StreamInUseError`.
   */
  split(name: string, shardId: string, newStartingHashKey: bigint): Promise<void>
  /** Closes two shards whose ranges touch for one over both. Resolves when it is open. Throws as `split` does. */
  merge(name: string, shardId: string, adjacentShardId: string): Promise<void>
  /**
   * Splits and merges until there are so many open shards of equal ranges (UpdateShardCount with UNIFORM_SCALING); on the way short-lived shards may come and
   * go. Kinesis's bounds of a single step (half to double) and of a day are the API's, not this call's.
   * Throws `InvalidReshardError` (a count that is not 1 to 10,000), `StreamInUseError`.
   */
  scale(name: string, targetShardCount: number): Promise<void>
  /** Records that are older go with the next turn of retention. Throws `InvalidStreamError` for hours out of 1 to 8,760, `StreamInUseError`. */
  setRetention(name: string, retentionHours: number): Promise<void>
  /** Its records, checkpoints and shard map go with it, also while its shards are being changed. Throws `StreamNotFoundError`. */
  delete(name: string): Promise<void>
  /** Settles what was put, then closes. Further calls throw `StreamClosedError`. */
  close(): Promise<void>
}
