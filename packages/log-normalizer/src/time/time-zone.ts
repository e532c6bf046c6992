const bucketMs = 15 * 60_000
const bucketsMax = 10_000

/** The name is no time zone that this machine knows. */
export class UnknownTimeZoneError extends Error {
  readonly retryable = false
  override readonly name = 'UnknownTimeZoneError'
  constructor(timeZone: string) {
    super(`"${timeZone}" is no time zone. Give a name of the IANA database, e.g. "Europe/Berlin" or "UTC".`)
  }
}

/** Turns what a wall clock showed into a moment. */
export class TimeZone {
  readonly #offsetAt: (epochMs: number) => number
  readonly #offsets = new Map<number, number>()
  #bucket = Number.NaN
  #offset = 0

  /** `name` as in the IANA database; without it, the machine's zone. Throws `UnknownTimeZoneError`. */
  constructor(name?: string) {
    this.#offsetAt = name === undefined ? machineOffset : namedOffset(name)
  }

  /**
   * The moment at which the clock showed the time that `localMs` would be in UTC. A time that a clock showed twice (summer time ends) is the
   * first of the two; one that it skipped is read by the offset before the gap.
   */
  toEpoch(localMs: number): number {
    const bucket = Math.floor(localMs / bucketMs)
    if (bucket !== this.#bucket) {
      this.#offset = this.#lookUp(bucket)
      this.#bucket = bucket
    }
    return localMs - this.#offset
  }

  /** What the clock shows at a moment, as milliseconds that would be it in UTC. */
  toLocal(epochMs: number): number {
    return epochMs + this.#offsetAt(epochMs)
  }

  #lookUp(bucket: number): number {
    const known = this.#offsets.get(bucket)
    if (known !== undefined) return known
    // Offsets change at quarters of an hour at the finest. The two candidates are the offsets of a day before and a day after.
    const localMs = bucket * bucketMs
    const before = this.#offsetAt(localMs - 86_400_000)
    const after = this.#offsetAt(localMs + 86_400_000)
    const offset =
      before === after || this.#offsetAt(localMs - before) === before ? before : this.#offsetAt(localMs - after) === after ? after : before
    if (this.#offsets.size >= bucketsMax) this.#offsets.clear()
    this.#offsets.set(bucket, offset)
    return offset
  }
}

function machineOffset(epochMs: number): number {
  return -new Date(epochMs).getTimezoneOffset() * 60_000
}

function namedOffset(name: string): (epochMs: number) => number {
  if (name === 'UTC') return () => 0
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw new UnknownTimeZoneError(name)
  }
  return (epochMs) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(epochMs)) part[type] = Number(value)
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(epochMs / 1_000) * 1_000
  }
}
