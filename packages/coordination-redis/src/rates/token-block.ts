import type { Rate } from '@millrace/function'

/** For how long tokens that were leased may be used. */
const validMs = 1_000
/** The largest block of a process that is alone, as a part of what comes in a second. */
const partMax = 1 / 4

/** Count and bytes. */
export interface Tokens {
  readonly count: number
  readonly bytes: number
}

/** The tokens of one bucket that this process has leased: as many at a time as it used of late, twice over, up to a bound. Pure: time is handed in. */
export class TokenBlock {
  readonly #rate: Rate
  #count = 0
  #bytes = 0
  #validUntil = Number.NEGATIVE_INFINITY
  #usedCount = 0
  #usedBytes = 0
  #lowCount = 0
  #lowBytes = 0
  #refusedUntil = Number.NEGATIVE_INFINITY
  #left: Tokens = { count: 0, bytes: 0 }
  usedAt: number

  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.usedAt = now
  }

  /** So little is left that it is time to ask for more. */
  get low(): boolean {
    return this.#count < this.#lowCount || this.#bytes < this.#lowBytes
  }

  tryTake(count: number, bytes: number, now: number): boolean {
    this.usedAt = now
    if (now >= this.#validUntil || this.#count < count || this.#bytes < bytes) return false
    this.#count -= count
    this.#bytes -= bytes
    this.#usedCount += count
    this.#usedBytes += bytes
    return true
  }

  /** What to ask for, where `need` is the least that is of use. */
  wanted(need: Tokens, processes: number): Tokens {
    const { countPerSecond, bytesPerSecond } = this.#rate
    return {
      count: Math.max(need.count, Math.floor(Math.min(2 * this.#usedCount, (countPerSecond * partMax) / processes))),
      bytes: Math.max(need.bytes, Math.floor(Math.min(2 * this.#usedBytes, (bytesPerSecond * partMax) / processes))),
    }
  }

  /** Tokens that were asked for at `sentAt`. */
  add(tokens: Tokens, sentAt: number): void {
    const stillValid = sentAt < this.#validUntil
    this.#count = (stillValid ? this.#count : 0) + tokens.count
    this.#bytes = (stillValid ? this.#bytes : 0) + tokens.bytes
    this.#validUntil = sentAt + validMs
    this.#usedCount = this.#usedBytes = 0
    this.#lowCount = tokens.count / 2
    this.#lowBytes = tokens.bytes / 2
  }

  /** The bucket had so much left, and nothing of it for this process: asking for more than that is in vain until then. */
  refuse(left: Tokens, until: number): void {
    this.#left = left
    this.#refusedUntil = until
    this.#lowCount = this.#lowBytes = 0
  }

  isRefused(count: number, bytes: number, now: number): boolean {
    return now < this.#refusedUntil && (count > this.#left.count || bytes > this.#left.bytes)
  }
}
