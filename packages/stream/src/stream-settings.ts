import { InvalidStreamError } from './errors.ts'
import type { StreamSettings } from './stream.ts'

/** Bounds of a stream's settings. AWS's, where AWS has them: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
export const streamLimits: {
  readonly nameCharsMax: number
  readonly shardCountMax: number
  readonly retentionHoursMin: number
  readonly retentionHoursMax: number
} = { nameCharsMax: 128, shardCountMax: 10_000, retentionHoursMin: 1, retentionHoursMax: 8_760 }

/** Throws `InvalidStreamError` for a name that is not `[a-zA-Z0-9_.-]{1,128}`. */
export function assertStreamName(name: string): void {
  if (/^[a-zA-Z0-9_.-]{1,128}$/.test(name)) return
  throw new InvalidStreamError(
    `"${name.slice(0, 200)}" is not a stream name: it must have 1 to ${streamLimits.nameCharsMax} letters of a to z, A to Z, digits, and any of "_.-".`,
  )
}

/** Throws `InvalidStreamError` for a shard count that is not 1 to 10,000, and for a retention that is not 1 to 8,760 hours. */
export function assertStreamSettings(settings: StreamSettings): void {
  assertWhole('shard count', settings.shardCount, 1, streamLimits.shardCountMax)
  assertRetention(settings.retentionHours)
}

/** Throws `InvalidStreamError` for a retention that is not 1 to 8,760 hours. */
export function assertRetention(hours: number): void {
  assertWhole('retention in hours', hours, streamLimits.retentionHoursMin, streamLimits.retentionHoursMax)
}

function assertWhole(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new InvalidStreamError(`The ${what} of a stream must be a whole number from ${least} to ${most}; ${value} is not.`)
}
