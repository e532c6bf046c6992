import type { TimestampScanner } from './timestamp-scanner.ts'

/**
 * The moment that a structured line gives as a value: a timestamp as text, or a number since the epoch in seconds, milliseconds, microseconds or
 * nanoseconds, told apart by its size. NaN for anything else.
 */
export function timeOf(value: unknown, scanner: TimestampScanner): number {
  if (typeof value === 'number') return epochOf(value)
  if (typeof value !== 'string' || value.length > 64) return Number.NaN
  const found = scanner.any(value, 0)
  if (!Number.isNaN(found) && scanner.end === value.length) return found
  return /^\d{9,19}(?:\.\d{1,9})?$/.test(value) ? epochOf(Number(value)) : Number.NaN
}

/** Milliseconds since the epoch of a number in one of the usual units: each unit's numbers of 1973 to 5138 lie apart from the others'. */
function epochOf(value: number): number {
  if (!(value >= 1e8)) return Number.NaN
  if (value < 1e11) return Math.floor(value * 1_000 + 1e-4)
  if (value < 1e14) return Math.floor(value)
  return Math.floor(value < 1e17 ? value / 1e3 : value / 1e6)
}
