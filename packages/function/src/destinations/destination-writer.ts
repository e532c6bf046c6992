import type { DestinationRecord } from './destination-record.ts'

/**
 * Where records of invocations go: OnFailure and OnSuccess of Lambda's destinations.
 *
 * A delivery that was not answered may have happened: a record comes at least once.
 */
export interface DestinationWriter {
  /**
   * Resolves when the destination keeps the record. One attempt, bounded in time by the writer; `deliverWithRetries` makes several.
   * Rejects with a `DestinationError`, or with the signal's reason.
   */
  deliver(record: DestinationRecord, signal: AbortSignal): Promise<void>
}

/** Makes writers of what users write: an ARN, `kafka://topic`, a URL. */
export interface Destinations {
  /** Throws `InvalidDestinationError`. Opens no connection: a destination that is away shows when something is delivered. */
  open(destination: string): DestinationWriter
}
