import type { Draft } from './draft.ts'
import type { Line } from './line-format.ts'

/** 1990-01-01: no log that is read today is older, but many a clock that was never set is. */
const earliest = 631_152_000_000
const futureToleranceMs = 7 * 86_400_000

/** Whether a log that was read at `reference` can have been written at `epochMs`. */
export function isPlausible(epochMs: number, reference: number): boolean {
  return epochMs >= earliest && epochMs <= reference + futureToleranceMs
}

/** Takes the timestamp up. One that cannot be true (year 0, far future) is kept as text instead, and the arrival counts. */
export function acceptTimestamp(line: Line, draft: Draft, epochMs: number, start: number, end: number): void {
  if (isPlausible(epochMs, line.reference)) draft.timestamp = epochMs
  else if (end > start) draft.label('timestamp', line.text.slice(start, end))
}
