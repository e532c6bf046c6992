/** Bounds of one batch. */
export interface BatchLimits {
  readonly recordsMax: number
  /** In what a record adds to the payload. */
  readonly bytesMax: number
}

/** What waits for a batch. */
export interface Waiting {
  readonly records: number
  readonly bytes: number
  /** Milliseconds since the epoch; undefined where nothing waits. */
  readonly oldestPolledAt: number | undefined
}

/** When records become a batch. Pure: it decides, and whoever asks owns the time. */
export class BatchingPolicy {
  readonly limits: BatchLimits
  readonly #windowMs: number

  constructor(limits: BatchLimits, windowMs: number) {
    this.limits = limits
    this.#windowMs = windowMs
  }

  /** Whether a further record may find no room in the next batch. */
  full(waiting: Waiting): boolean {
    return waiting.records >= this.limits.recordsMax || waiting.bytes >= this.limits.bytesMax
  }

  /** Milliseconds until a batch is due, 0 for now; undefined where nothing waits. */
  untilNext(waiting: Waiting, now: number): number | undefined {
    if (waiting.oldestPolledAt === undefined) return undefined
    if (this.#windowMs === 0 || this.full(waiting)) return 0
    return Math.max(0, waiting.oldestPolledAt + this.#windowMs - now)
  }
}
