/** A span of time: from inclusive, to exclusive, milliseconds since the epoch. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const iso =
  /^(?<year>[+-]?\d{4,6})(?:-(?<month>\d\d)(?:-(?<day>\d\d)(?:[T ](?<hour>\d\d)(?::(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?)?(?<zone>Z|[+-]\d\d:?(?:\d\d)?)?)?)?)?$/i

/** Milliseconds of a duration such as `15m`, `2h`, `7d`, `500ms`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d|w)$/i.exec(text)
  if (match === null) return undefined
  const unit = (match[2] as string).toLowerCase()
  return Number(match[1]) * (unit === 'ms' ? 1 : (units[unit] as number))
}

/**
 * What a date in a query spans: an ISO date or time spans as much as it leaves open (`2026-11-21` the day, without a zone in UTC), `now` and
 * `now-15m` one millisecond. Undefined for anything else.
 */
export function parseTimeSpan(text: string, now: number): TimeSpan | undefined {
  const relative = /^now(?:([+-])(.+))?$/i.exec(text)
  if (relative !== null) {
    const distance = relative[2] === undefined ? 0 : parseDuration(relative[2])
    if (distance === undefined) return undefined
    const from = Math.round(relative[1] === '-' ? now - distance : now + distance)
    return { from, to: from + 1 }
  }
  const fields = iso.exec(text)?.groups
  return fields === undefined ? undefined : isoSpan(fields)
}

function isoSpan(fields: Readonly<Record<string, string | undefined>>): TimeSpan | undefined {
  const { year, month, day, hour, minute, second, fraction, zone } = fields
  const parts = [
    Number(year),
    Number(month ?? 1) - 1,
    Number(day ?? 1),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
  ] as const
  const millisecond = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000)
  const start = utc(parts, millisecond)
  const date = new Date(start)
  // A date that is not in the calendar rolls over, so that its parts differ.
  if (date.getUTCMonth() !== parts[1] || date.getUTCDate() !== parts[2] || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return undefined
  const offset = zoneOffset(zone)
  if (offset === undefined) return undefined
  const length =
    fraction !== undefined ? 1 : second !== undefined ? 1_000 : minute !== undefined ? 60_000 : hour !== undefined ? 3_600_000 : 0
  let end = start + length
  if (length === 0)
    end = utc(
      [
        parts[0] + (month === undefined ? 1 : 0),
        parts[1] + (month !== undefined && day === undefined ? 1 : 0),
        parts[2] + (day === undefined ? 0 : 1),
        0,
        0,
        0,
      ],
      0,
    )
  return { from: start - offset, to: end - offset }
}

function utc(
  [year, month, day, hour, minute, second]: readonly [number, number, number, number, number, number],
  millisecond: number,
): number {
  // Date.UTC takes years below 100 for 19xx.
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date.setUTCHours(hour, minute, second, millisecond)
}

function zoneOffset(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || 0)
  if (hours > 23 || minutes > 59) return undefined
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
