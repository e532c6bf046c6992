import { parseDuration, parseTimeSpan } from './kql/dates.ts'

/** A time that cannot be understood. The message says what is. */
export class InvalidTimeError extends Error {
  readonly retryable = false
  override readonly name = 'InvalidTimeError'
}

/**
 * A time as people give it, in milliseconds since the epoch: `15m`, `2h`, `7d` (that long ago), `now`, `now-1h`, an ISO date or time (the start of
 * what it leaves open; without a zone in UTC), or a number since the epoch (seconds up to 10 digits, else milliseconds).
 * Throws `InvalidTimeError`.
 */
export function parseTime(text: string, now: number): number {
  const trimmed = text.trim()
  const duration = parseDuration(trimmed)
  if (duration !== undefined) return Math.round(now - duration)
  // Four digits are a year, as everywhere in ISO; nobody means 2026 seconds after the epoch.
  if (/^\d{5,10}$/.test(trimmed)) return Number(trimmed) * 1_000
  if (/^\d{11,15}$/.test(trimmed)) return Number(trimmed)
  const span = parseTimeSpan(trimmed, now)
  if (span !== undefined) return span.from
  throw new InvalidTimeError(
    `"${text}" is not a time. Give how long ago (15m, 2h, 7d), now or now-1h, a date or time such as 2026-11-21 or 2026-11-21T08:00:00Z, or milliseconds since the epoch.`,
  )
}
