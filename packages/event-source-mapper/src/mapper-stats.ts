/**
 * What a mapper did since it was made, and how it stands. At any time
 * `received = settled + filtered + deadLettered + inFlight + abandoned`.
 */
export interface MapperStats {
  /** Records polled. */
  readonly received: number
  /** Bytes of their data. */
  readonly receivedBytes: number
  /** Records that the function handled. */
  readonly settled: number
  /** Records that match none of the mapping's filters. */
  readonly filtered: number
  /** Records that are in the dead letters instead. */
  readonly deadLettered: number
  readonly deadLetteredByCondition: Readonly<Record<DeadLetterCondition, number>>
  /** Records polled and not settled yet. */
  readonly inFlight: number
  /** Records that were given up unsettled with their shard (revoked, or shutdown): whoever has the shard next receives them again. */
  readonly abandoned: number
  readonly invocations: number
  /** Invocations that failed, or that answered that a record failed. */
  readonly failedInvocations: number
  /** Invocations that repeated records. */
  readonly retries: number
  /** Batches that were split since the function failed (BisectBatchOnFunctionError). */
  readonly bisections: number
  /** Time of all invocations together, in milliseconds. */
  readonly durationMs: number
  /** Invocations that answered that the index is overloaded. */
  readonly overloads: number
  /** Times that the function was not run for a reason that passes. */
  readonly throttles: number
  /** Times that the function could not be run, as it is not there. */
  readonly unavailable: number
  /** Times that the OnFailure destination could not be told of records that were given up: DestinationDeliveryFailures. */
  readonly destinationFailures: number
  readonly eventCounts: EventCounts
  /** Sizes of the invocations' batches. */
  readonly batchRecords: BatchRecords
  readonly concurrency: ConcurrencyStats
  /** Bytes of records that were polled and are held on to until they are settled. */
  readonly bufferedBytes: number
  readonly shards: readonly ShardStats[]
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics, as sums since the mapper was made. */
export interface EventCounts {
  readonly PolledEventCount: number
  readonly FilteredOutEventCount: number
  /** Records that the function was invoked with, repeats included. */
  readonly InvokedEventCount: number
  /** Those of them that were not handled by that invocation. */
  readonly FailedInvokeEventCount: number
  /** Records given up for their age or their retries that no OnFailure destination was told of. */
  readonly DroppedEventCount: number
  readonly OnFailureDestinationDeliveredEventCount: number
}

export type DeadLetterCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded' | 'Terminal'

/** A histogram. */
export interface BatchRecords {
  readonly count: number
  readonly sum: number
  readonly max: number
  /** `upTo` is inclusive; each batch is counted once, in the first bucket that holds it. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[]
}

export interface ConcurrencyStats {
  /** Invocations that may be under way at present. */
  readonly limit: number
  /** The limit if the index did not push back: `concurrencyMax`, or the number of lanes where there are fewer. */
  readonly ceiling: number
  readonly active: number
  /** Lanes that have records, and wait for the limit. */
  readonly waiting: number
}

/**
 * - `idle`: no records; `gathering`: within the batching window;
 * - `waiting`: for the limit, or for a permit of the function; `invoking`;
 * - `retrying`: waits before it repeats records that failed; `overloaded`: the same for an overloaded index;
 * - `throttled`: waits, since the function is at its concurrency limit; `unavailable`: waits, since it cannot be run at all;
 * - `dead-lettering`: records are being written to the dead letters, or a destination is told of them;
 * - `closing-window`: waits before it repeats the final invocation of a window.
 */
export type LaneState =
  | 'idle'
  | 'gathering'
  | 'waiting'
  | 'invoking'
  | 'retrying'
  | 'overloaded'
  | 'throttled'
  | 'unavailable'
  | 'dead-lettering'
  | 'closing-window'

export interface ShardStats {
  readonly shardId: string
  /** Position below which everything is settled; undefined while nothing was settled. */
  readonly checkpoint: number | undefined
  /** Unsettled records. */
  readonly inFlight: number
  /** Records between the checkpoint and the last one polled, settled or not. */
  readonly windowRecords: number
  readonly windowBytes: number
  /** Milliseconds since the epoch; undefined where nothing is unsettled. Also told while the shard is stuck. */
  readonly oldestUnsettledTimestamp: number | undefined
  /** The same as an age in milliseconds, 0 where nothing is unsettled: CloudWatch's IteratorAge, also while nothing moves. */
  readonly iteratorAgeMs: number
  /** Nothing more is polled, since the oldest unsettled record holds the window. */
  readonly blocked: boolean
  readonly lanes: readonly LaneStats[]
}

export interface LaneStats {
  readonly state: LaneState
  /** Records that wait behind those of the present invocation. */
  readonly queuedRecords: number
}
