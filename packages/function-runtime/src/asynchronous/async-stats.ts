import { DurationHistogram, type DurationSummary } from '../duration-histogram.ts'

/** What became of a function's asynchronous invocations in this process; the names are CloudWatch's. */
export interface AsyncStats {
  /** Events that were accepted. */
  readonly asyncEventsReceived: number
  /** Events that were given up, and went neither to a destination nor to a dead-letter target: they are dead letters. */
  readonly asyncEventsDropped: number
  /** Records that could not be delivered to a destination. */
  readonly destinationDeliveryFailures: number
  /** Events that could not be delivered to the dead-letter target. */
  readonly deadLetterErrors: number
  /** Attempts after a failed one. */
  readonly asyncRetries: number
  /** Times that an event was put back because its function could not be run. */
  readonly asyncDeferrals: number
  /** Between an event's acceptance and the beginning of an attempt. */
  readonly asyncEventAge: DurationSummary
}

/** Counts for one function. */
export class AsyncMeter {
  received = 0
  dropped = 0
  destinationFailures = 0
  deadLetterErrors = 0
  retries = 0
  deferrals = 0
  readonly age: DurationHistogram = new DurationHistogram()

  stats(): AsyncStats {
    return {
      asyncEventsReceived: this.received,
      asyncEventsDropped: this.dropped,
      destinationDeliveryFailures: this.destinationFailures,
      deadLetterErrors: this.deadLetterErrors,
      asyncRetries: this.retries,
      asyncDeferrals: this.deferrals,
      asyncEventAge: this.age.summary(),
    }
  }
}

/** The meters of functions, made as they are needed: of functions that are known, so that they are bounded. */
export class AsyncMeters {
  readonly #meters = new Map<string, AsyncMeter>()

  of(functionName: string): AsyncMeter {
    let meter = this.#meters.get(functionName)
    if (meter === undefined) this.#meters.set(functionName, (meter = new AsyncMeter()))
    return meter
  }

  stats(): ReadonlyMap<string, AsyncStats> {
    return new Map([...this.#meters].map(([name, meter]) => [name, meter.stats()]))
  }
}
