import { z } from 'zod'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const latest = 8_640_000_000_000_000

/**
 * A point in time as people give it: milliseconds since the epoch, an ISO 8601 date or time (UTC where it names no zone), `now`, or a time ago such as `15m`
 * (`ms`, `s`, `m`, `h`, `d`, `w`). Undefined for anything else.
 */
function parseTimePoint(value: number | string, now: number): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) <= latest ? value : undefined
  const text = value.trim()
  if (text === 'now') return now
  const ago = /^(\d{1,9})(ms|[smhdw])$/.exec(text)
  if (ago !== null) return now - Number(ago[1]) * (unitMs[ago[2] as string] as number)
  if (!/^\d{4}-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?)?$/i.test(text)) return undefined
  const withTime = /[T ]/i.test(text)
  const zoned = withTime && !/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? `${text}Z` : text
  const time = Date.parse(zoned.replace(' ', 'T').replace(',', '.'))
  return Number.isNaN(time) ? undefined : time
}

/** The same as a schema, at the time `now()` of parsing. */
export function timePointSchema(now: () => number): z.ZodType<number> {
  return z.union([z.number(), z.string()]).transform((value, context) => {
    const time = parseTimePoint(value, now())
    if (time !== undefined) return time
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(value)} is no time: give milliseconds since the epoch, an ISO 8601 time, or a time ago such as 15m`,
    })
    return z.NEVER
  })
}
