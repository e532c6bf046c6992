/**
 * Limits that hold for all processes of a system together: how often functions run at once, and how much a shard takes a second. A process leases its
 * part of a limit in blocks and spends it by itself, so the calls of a warm block cross no boundary.
 *
 * While what the processes share is out of reach, each takes its part of the limit as last known (the limit divided by the processes that were
 * there), says so in `stats`, and goes back by itself.
 */
export interface Coordination {
  /**
   * The limit called `scope`. The same name is one limit in every process that has it, and one object in this process until that is closed.
   * Throws `InvalidLimitError` when this process has the scope with another `max`.
   */
  concurrencyLimit(scope: string, options: ConcurrencyLimitOptions): ConcurrencyLimit
  /**
   * One token bucket for each key, all of the same rate. The same scope is one set of buckets in every process, and one object in this process.
   * Throws `InvalidLimitError` when this process has the scope with another rate.
   */
  rateLimiter(scope: string, rate: Rate): RateLimiter
  stats(): CoordinationStats
  /** Gives everything back. To be called when the work under the limits is over. Further calls do nothing. */
  close(): Promise<void>
}

export interface ConcurrencyLimitOptions {
  /** Slots of all processes together: a whole number, 0 for none. The same in every process, but for the moments in which it is changed. */
  readonly max: number
  /** Calls of `take` that may wait in this process; 10,000 by default. */
  readonly waitersMax?: number
}

/** Counts what runs at once against a limit. Each slot that was taken has to be given back once. */
export interface ConcurrencyLimit {
  /** As it is at present. */
  readonly max: number
  /**
   * There are so many slots from now on; every process that has the limit is to be told. What is taken stays taken and counts, also above a lower `max`;
   * those who wait go on waiting. Throws `InvalidLimitError`.
   */
  resize(max: number): void
  /** Takes a slot that is here. Never waits: false may mean that the slots are in another process at the moment. */
  tryTake(): boolean
  /** Takes a slot if there is one, and asks the other processes' store for it if need be, which is bounded in time. False: the limit is reached. */
  request(): Promise<boolean>
  /**
   * Waits for a slot: first come, first served within the process, and no process is left out for long.
   * Rejects with the signal's reason, `InvokerClosedError`, or `TooManyRequestsError` when `waitersMax` wait already.
   */
  take(signal: AbortSignal): Promise<void>
  give(): void
  stats(): ConcurrencyStats
  /** Refuses whoever waits and comes with `InvokerClosedError`. What is taken is given back as its work ends. */
  close(): void
}

export interface ConcurrencyStats {
  readonly max: number
  /** Slots in use in this process. */
  readonly taken: number
  readonly waiting: number
  /** Slots that this process may have in use at present. */
  readonly allowed: number
}

/** How fast a bucket fills. It holds what comes in one second. */
export interface Rate {
  /** Above 0, e.g. 1,000 records. */
  readonly countPerSecond: number
  /** Above 0, e.g. 1,048,576. */
  readonly bytesPerSecond: number
}

/**
 * Token buckets by key. A call takes both the count and the bytes, or nothing. What is larger than a full bucket is allowed once the bucket is full, and is
 * paid off afterwards.
 */
export interface RateLimiter {
  readonly rate: Rate
  /** Takes from what is here. Never waits: false may mean that this process has to ask for more. */
  tryTake(key: string, count: number, bytes: number): boolean
  /** Takes, and asks the other processes' store for more if need be, which is bounded in time. False: the rate is exceeded. */
  take(key: string, count: number, bytes: number): Promise<boolean>
}

export interface CoordinationStats {
  /** Limits are not shared at present though they should be: this process goes by its part of them. */
  readonly degraded: boolean
  /** How often that began. */
  readonly degradations: number
  /** Processes that share the limits, as last known, this one included. */
  readonly processes: number
  /** Requests to what the processes share, and those without an answer. */
  readonly roundTrips: number
  readonly failures: number
  readonly concurrency: ReadonlyMap<string, ConcurrencyStats>
  readonly rates: ReadonlyMap<string, RateStats>
}

export interface RateStats {
  /** Calls that took, and calls of `take` that were told no. */
  readonly granted: number
  readonly refused: number
  /** Buckets in use. */
  readonly keys: number
}
