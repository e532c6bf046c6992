import { digits, digitsEnd, isDigit, monthAt } from './digits.ts'
import type { TimeZone } from './time-zone.ts'

/**
 * Reads timestamps at a place in a text. Each method answers milliseconds since the epoch and sets `end` behind what it read, or answers NaN.
 * Fractions of a second are cut to milliseconds. One scanner reads one text at a time.
 */
export class TimestampScanner {
  /** Where the last timestamp ended. */
  end = 0
  /** Milliseconds since the epoch: what missing years and dates are completed from. */
  reference = 0
  readonly #zone: TimeZone
  #ms = 0
  /** The last moment that was read in the form of access logs. */
  #commonText = ''
  #commonMs = Number.NaN

  constructor(zone: TimeZone) {
    this.#zone = zone
  }

  /** `2026-11-21T09:31:00.123456+01:00` and its relatives: blank or `_` for `T`, `/` in the date, a comma, no zone, ` UTC`, ` +0100`. */
  iso(text: string, at: number): number {
    const separator = text.charCodeAt(at + 4)
    if ((separator !== 45 && separator !== 47) || text.charCodeAt(at + 7) !== separator) return Number.NaN
    const between = text.charCodeAt(at + 10)
    if (between !== 84 && between !== 32 && between !== 95 && between !== 116) return Number.NaN
    const day = civil(digits(text, at, 4), digits(text, at + 5, 2) - 1, digits(text, at + 8, 2))
    return this.#zoned(text, day + this.#time(text, at + 11))
  }

  /** `21/Nov/2026:09:31:00 +0100`, as access logs have it. */
  commonLog(text: string, at: number): number {
    // Lines of one second share the text.
    if (this.#commonText !== '' && text.startsWith(this.#commonText, at)) {
      this.end = at + commonChars
      return this.#commonMs
    }
    const found = this.#readCommonLog(text, at)
    // With a zone behind the seconds, the text alone says which moment it is.
    if (!Number.isNaN(found) && this.end === at + commonChars && text.charCodeAt(at + 20) === 32) {
      this.#commonText = text.slice(at, at + commonChars)
      this.#commonMs = found
    }
    return found
  }

  #readCommonLog(text: string, at: number): number {
    if (text.charCodeAt(at + 2) !== 47 || text.charCodeAt(at + 6) !== 47 || text.charCodeAt(at + 11) !== 58) return Number.NaN
    const day = civil(digits(text, at + 7, 4), monthAt(text, at + 3), digits(text, at, 2))
    return this.#zoned(text, day + this.#time(text, at + 12))
  }

  /**
   * `Nov  1 09:31:00`, as syslog has it, also with a year before or behind the time and with a weekday in front (`Sun Nov 01 09:31:00.123 2026`).
   * Without a year it is the last such day that the reference has seen, or at most a day after it.
   */
  monthDay(text: string, at: number): number {
    const start = monthAt(text, at) < 0 && text.charCodeAt(at + 3) === 32 ? at + 4 : at
    const month = monthAt(text, start)
    if (month < 0 || text.charCodeAt(start + 3) !== 32) return Number.NaN
    const dayStart = text.charCodeAt(start + 4) === 32 ? start + 5 : start + 4
    const dayEnd = digitsEnd(text, dayStart, 2)
    const day = digits(text, dayStart, dayEnd - dayStart)
    if (dayEnd === dayStart || text.charCodeAt(dayEnd) !== 32) return Number.NaN
    const yearFirst = text.charCodeAt(dayEnd + 5) === 32 ? digits(text, dayEnd + 1, 4) : -1
    const time = this.#time(text, yearFirst < 0 ? dayEnd + 1 : dayEnd + 6)
    if (Number.isNaN(time)) return time
    if (yearFirst >= 0) return this.#zoned(text, civil(yearFirst, month, day) + time)
    const yearLast = text.charCodeAt(this.end) === 32 && !isWord(text.charCodeAt(this.end + 5)) ? digits(text, this.end + 1, 4) : -1
    if (yearLast < 0) return this.#lastSuchDay(month, day, time)
    this.end += 5
    return this.#zoned(text, civil(yearLast, month, day) + time)
  }

  /** `21-Nov-2026 09:31:00.123`, `Sat, 21 Nov 2026 09:31:00 GMT`, `21.11.2026 09:31:00`. */
  dayFirst(text: string, at: number): number {
    const start = text.charCodeAt(at + 3) === 44 && text.charCodeAt(at + 4) === 32 ? at + 5 : at
    const separator = text.charCodeAt(start + 2)
    if (separator !== 45 && separator !== 32 && separator !== 46) return Number.NaN
    const named = separator === 46 ? 2 : 3
    const month = separator === 46 ? digits(text, start + 3, 2) - 1 : monthAt(text, start + 3)
    const yearStart = start + 4 + named
    if (text.charCodeAt(yearStart - 1) !== separator || text.charCodeAt(yearStart + 4) !== 32) return Number.NaN
    return this.#zoned(text, civil(digits(text, yearStart, 4), month, digits(text, start, 2)) + this.#time(text, yearStart + 5))
  }

  /** `09:31:00.123`: the time of day alone. It is of the reference's day, or of the day before if it would be half a day ahead. */
  timeOfDay(text: string, at: number): number {
    if (text.charCodeAt(at + 2) !== 58 || text.charCodeAt(at + 5) !== 58) return Number.NaN
    const now = this.#zone.toLocal(this.reference)
    const local = now - (((now % dayMs) + dayMs) % dayMs) + this.#time(text, at)
    return Number.isNaN(local) ? local : this.#zone.toEpoch(local > now + dayMs / 2 ? local - dayMs : local)
  }

  /** The month and day in digits and the time, as klog writes them: `1121 09:31:00.123456`. The year as for `monthDay`. */
  monthDayDigits(text: string, at: number): number {
    const time = text.charCodeAt(at + 4) === 32 ? this.#time(text, at + 5) : Number.NaN
    return Number.isNaN(time) ? time : this.#lastSuchDay(digits(text, at, 2) - 1, digits(text, at + 2, 2), time)
  }

  /** Any of these forms. */
  any(text: string, at: number): number {
    const code = text.charCodeAt(at)
    if (!isDigit(code)) return code > 64 ? first(this.monthDay(text, at), () => this.dayFirst(text, at)) : Number.NaN
    const third = text.charCodeAt(at + 2)
    if (third === 58) return this.timeOfDay(text, at)
    if (third === 47) return this.commonLog(text, at)
    return isDigit(third) ? this.iso(text, at) : this.dayFirst(text, at)
  }

  #lastSuchDay(month: number, day: number, time: number): number {
    const latest = this.#zone.toLocal(this.reference) + dayMs
    const year = new Date(latest).getUTCFullYear()
    // Four years back there was a 29th of February.
    for (let back = 0; back <= 8; back++) {
      const local = civil(year - back, month, day) + time
      if (local <= latest) return this.#zone.toEpoch(local)
    }
    return Number.NaN
  }

  /** Answers the milliseconds of the day, or NaN; sets `end`. `H:MM`, `HH:MM`, `HH:MM:SS`, with a fraction after `.` or `,`. */
  #time(text: string, at: number): number {
    const hourEnd = digitsEnd(text, at, 2)
    const hour = digits(text, at, hourEnd - at)
    const minute = digits(text, hourEnd + 1, 2)
    if (hourEnd === at || text.charCodeAt(hourEnd) !== 58 || minute < 0 || minute > 59 || hour > 23) return Number.NaN
    let end = hourEnd + 3
    let second = 0
    this.#ms = 0
    if (text.charCodeAt(end) === 58) {
      second = digits(text, end + 1, 2)
      // 60 is a leap second; it becomes the second after.
      if (second < 0 || second > 60) return Number.NaN
      end = this.#fraction(text, end + 3)
    }
    this.end = end
    return hour * 3_600_000 + minute * 60_000 + second * 1_000 + this.#ms
  }

  #fraction(text: string, at: number): number {
    const point = text.charCodeAt(at)
    if ((point !== 46 && point !== 44) || !isDigit(text.charCodeAt(at + 1))) return at
    let end = at + 1
    let scale = 100
    while (isDigit(text.charCodeAt(end))) {
      this.#ms += (text.charCodeAt(end) - 48) * scale
      scale = scale === 100 ? 10 : scale === 10 ? 1 : 0
      end++
    }
    return end
  }

  /** Applies the zone that stands at `end`, or the scanner's own. */
  #zoned(text: string, localMs: number): number {
    if (Number.isNaN(localMs)) return localMs
    const offset = this.#offset(text, this.end)
    return Number.isNaN(offset) ? this.#zone.toEpoch(localMs) : localMs - offset
  }

  #offset(text: string, at: number): number {
    const code = text.charCodeAt(at)
    if (code === 90 || code === 122) {
      this.end = at + 1
      return 0
    }
    const start = code === 32 ? at + 1 : at
    const sign = text.charCodeAt(start)
    if (sign === 43 || sign === 45) return this.#numericOffset(text, start, start > at)
    const name = text.slice(start, start + 3)
    if ((name === 'UTC' || name === 'GMT') && !isWord(text.charCodeAt(start + 3))) {
      this.end = start + 3
      return 0
    }
    return Number.NaN
  }

  #numericOffset(text: string, at: number, afterBlank: boolean): number {
    const hours = digits(text, at + 1, 2)
    const colon = text.charCodeAt(at + 3) === 58 ? 1 : 0
    const minutes = digits(text, at + 3 + colon, 2)
    // After a blank, "-1" or "+05" is more likely the start of what follows than a zone.
    if (hours < 0 || hours > 15 || (minutes < 0 && (afterBlank || colon === 1)) || minutes > 59) return Number.NaN
    this.end = minutes < 0 ? at + 3 : at + 5 + colon
    const offset = hours * 3_600_000 + Math.max(0, minutes) * 60_000
    return text.charCodeAt(at) === 45 ? -offset : offset
  }
}

const dayMs = 86_400_000
/** Of `21/Nov/2026:09:31:00 +0100`. */
const commonChars = 26

function first(found: number, otherwise: () => number): number {
  return Number.isNaN(found) ? otherwise() : found
}

/** Midnight of a day in the civil calendar, in milliseconds; NaN for a day that does not exist. `month` 0 to 11. */
function civil(year: number, month: number, day: number): number {
  if (year < 0 || month < 0 || month > 11 || day < 1 || day > daysIn(year, month)) return Number.NaN
  if (year >= 100) return Date.UTC(year, month, day)
  const date = new Date(0)
  return date.setUTCFullYear(year, month, day)
}

function daysIn(year: number, month: number): number {
  if (month === 1) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31
}

function isWord(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || isDigit(code) || code === 95
}
