import { describe, expect, it } from 'vitest'
import { InvalidTimeError, parseTime } from './parse-time.ts'

const now = Date.UTC(2026, 10, 21, 12)

describe('parseTime', () => {
  it.each([
    ['15m', now - 900_000],
    ['2h', now - 7_200_000],
    ['7d', now - 604_800_000],
    ['1.5h', now - 5_400_000],
    ['now', now],
    ['now-1h', now - 3_600_000],
    ['now+1d', now + 86_400_000],
    ['2026', Date.UTC(2026, 0)],
    ['2026-11', Date.UTC(2026, 10)],
    ['2026-11-21', Date.UTC(2026, 10, 21)],
    ['2026-11-21T08:30', Date.UTC(2026, 10, 21, 8, 30)],
    ['2026-11-21 08:30:05.25', Date.UTC(2026, 10, 21, 8, 30, 5, 250)],
    ['2026-11-21T08:30:00+02:00', Date.UTC(2026, 10, 21, 6, 30)],
    ['1795262400', now],
    ['1795262400000', now],
    [' 15m ', now - 900_000],
  ])('reads %s', (text, time) => {
    expect(parseTime(text, now)).toBe(time)
  })

  it.each(['', 'yesterday', '15', '15 minutes', 'now-', 'now-5', '2026-13-01', '2026-02-30', '2026-11-21T25:00', '1e9', '-5m'])(
    'says what it takes instead of %s',
    (text) => {
      expect(() => parseTime(text, now)).toThrow(InvalidTimeError)
      expect(() => parseTime(text, now)).toThrow(`"${text}" is not a time. Give how long ago`)
    },
  )
})
