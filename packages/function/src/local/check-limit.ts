import type { ConcurrencyLimitOptions, Rate } from '../coordination.ts'
import { InvalidLimitError } from '../errors.ts'

/** How many calls of `take` wait in a process at most, unless the options say otherwise. */
export const waitersMaxDefault = 10_000

/** With the default filled in. Throws `InvalidLimitError`. */
export function checkLimit(scope: string, options: ConcurrencyLimitOptions): Required<ConcurrencyLimitOptions> {
  const { max, waitersMax = waitersMaxDefault } = options
  for (const [name, value] of Object.entries({ max, waitersMax })) {
    if (!Number.isInteger(value) || value < 0 || value > 1e9) {
      throw new InvalidLimitError(`${name} of the limit "${scope}" is ${value}; it has to be a whole number from 0 to 1,000,000,000.`)
    }
  }
  return { max, waitersMax }
}

/** Throws `InvalidLimitError`. */
export function checkRate(scope: string, rate: Rate): Rate {
  const { countPerSecond, bytesPerSecond } = rate
  for (const [name, value] of Object.entries({ countPerSecond, bytesPerSecond })) {
    if (!(value > 0 && value <= 1e12)) {
      throw new InvalidLimitError(`${name} of the rate "${scope}" is ${value}; it has to be above 0 and at most 1e12.`)
    }
  }
  return { countPerSecond, bytesPerSecond }
}
