import type { BatchRecords, DeadLetterCondition, EventCounts } from './mapper-stats.ts'

const bounds = [1, 10, 100, 500, 1000, 2500, 5000, 10_000] as const

/** The numbers that only grow. */
export class MapperCounters {
  received = 0
  receivedBytes = 0
  settled = 0
  filtered = 0
  abandoned = 0
  invocations = 0
  failedInvocations = 0
  /** Records of invocations that failed, those aside that were settled nevertheless. */
  failedRecords = 0
  retries = 0
  bisections = 0
  /** Records that were given up, and no destination was told of. */
  dropped = 0
  /** Records that a destination was told of. */
  destinationDelivered = 0
  /** Times that a destination could not be told. */
  destinationFailures = 0
  durationMs = 0
  overloads = 0
  throttles = 0
  unavailable = 0
  readonly deadLettered: Record<DeadLetterCondition, number> = { RetryAttemptsExhausted: 0, RecordAgeExceeded: 0, Terminal: 0 }
  readonly #buckets = bounds.map(() => 0)
  #batchMax = 0
  #batchSum = 0

  invoked(records: number, repeated: boolean, durationMs: number): void {
    this.invocations++
    this.durationMs += durationMs
    if (repeated) this.retries++
    this.#batchSum += records
    this.#batchMax = Math.max(this.#batchMax, records)
    const bucket = bounds.findIndex((bound) => records <= bound)
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
  }

  /** CloudWatch's metrics of event source mappings with MetricsConfig EventCount. */
  eventCounts(): EventCounts {
    return {
      PolledEventCount: this.received,
      FilteredOutEventCount: this.filtered,
      InvokedEventCount: this.#batchSum,
      FailedInvokeEventCount: this.failedRecords,
      DroppedEventCount: this.dropped,
      OnFailureDestinationDeliveredEventCount: this.destinationDelivered,
    }
  }

  get deadLetteredTotal(): number {
    return this.deadLettered.RetryAttemptsExhausted + this.deadLettered.RecordAgeExceeded + this.deadLettered.Terminal
  }

  batchRecords(): BatchRecords {
    return {
      count: this.invocations,
      sum: this.#batchSum,
      max: this.#batchMax,
      buckets: bounds.map((upTo, index) => ({ upTo, count: this.#buckets[index] as number })),
    }
  }
}
