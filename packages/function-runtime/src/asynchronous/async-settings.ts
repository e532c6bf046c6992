/** How one function's events are handled; Lambda's FunctionEventInvokeConfig with its defaults filled in. */
export interface AsyncSettings {
  /** 0 to 2. */
  readonly retriesMax: number
  /** 60 to 21,600. */
  readonly eventAgeSecondsMax: number
  /** Where records of invocations go. */
  readonly onSuccess?: string
  readonly onFailure?: string
  /** Where events go that were given up (DeadLetterConfig). */
  readonly deadLetterTarget?: string
  /** Reserved concurrency of 0: events are given up at once, as Lambda does. */
  readonly turnedOff: boolean
}

export const asyncDefaults: AsyncSettings = { retriesMax: 2, eventAgeSecondsMax: 21_600, turnedOff: false }
