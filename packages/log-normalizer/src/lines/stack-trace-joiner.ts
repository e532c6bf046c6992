import { joinLines } from './join-lines.ts'
import { beginTrace, stepTrace, TraceState, type TraceStep } from './trace-grammar.ts'
import { classifyTraceLine, standsAlone, TraceLine } from './trace-line.ts'

export interface StackTraceJoinerOptions {
  /** How long a record waits for its next line. Default 50. */
  readonly joinTimeoutMs?: number
  /** How long a record waits altogether, however its lines trickle in. Default 1,000. */
  readonly recordHoldMsMax?: number
  /** A longer trace goes on in a further record. At least 10, default 2,000. */
  readonly recordLinesMax?: number
  /** A larger trace goes on in a further record; a single line may be larger. Default 1 MiB. */
  readonly recordBytesMax?: number
}

/** Lines that may turn out to belong to a trace: bounded, since they are looked at again when they do not. */
const tentativeLinesMax = 8

/**
 * Joins the lines of a stack trace (Java and its relatives, Python, Node, Go, .NET, Ruby) to the line that they belong to, with `\n` between them.
 * Every other line is a record of its own. A policy without timers: whoever drives it calls `flush` when `untilNextMs` is over.
 *
 * No byte is lost or changed, and the records do not depend on how the lines are divided among calls; only on the time that passes between them.
 * A line that may begin a trace is held back until the next one shows whether it did; what begins with `{` is not.
 */
export class StackTraceJoiner {
  readonly #joinTimeoutMs: number
  readonly #recordHoldMsMax: number
  readonly #recordLinesMax: number
  readonly #recordBytesMax: number
  /** The record in the making. */
  #first: Uint8Array | undefined
  #more: Uint8Array[] = []
  #bytes = 0
  /** Lines behind it that belong to it only if a line that follows says so. */
  #tentative: Uint8Array[] = []
  #state: TraceState = TraceState.plain
  #heldSince = 0
  #lastAdded = 0

  /** Throws a `RangeError` for a `recordLinesMax` below 10. */
  constructor(options: StackTraceJoinerOptions = {}) {
    this.#joinTimeoutMs = options.joinTimeoutMs ?? 50
    this.#recordHoldMsMax = options.recordHoldMsMax ?? 1_000
    this.#recordLinesMax = options.recordLinesMax ?? 2_000
    this.#recordBytesMax = options.recordBytesMax ?? 1024 * 1024
    if (!(this.#recordLinesMax >= tentativeLinesMax + 2)) {
      throw new RangeError(`recordLinesMax is ${this.#recordLinesMax}; it must be at least ${tentativeLinesMax + 2}.`)
    }
  }

  /** Takes lines that arrived at `now` (milliseconds, of any clock that does not go back), and answers the records that are complete. */
  add(lines: readonly Uint8Array[], now: number): Uint8Array[] {
    const records: Uint8Array[] = []
    const heldBefore = this.#first
    for (const line of lines) this.#add(line, records)
    if (lines.length > 0) this.#lastAdded = now
    if (this.#first !== heldBefore) this.#heldSince = now
    return records
  }

  /** Milliseconds from `now` until `flush` has something to answer; undefined while nothing is held back. */
  untilNextMs(now: number): number | undefined {
    if (this.#first === undefined) return undefined
    return Math.max(0, Math.min(this.#lastAdded + this.#joinTimeoutMs, this.#heldSince + this.#recordHoldMsMax) - now)
  }

  /** What has waited long enough by `now`. Without a time: everything, as at the end of the input. */
  flush(now: number = Number.POSITIVE_INFINITY): Uint8Array[] {
    const records: Uint8Array[] = []
    while (this.untilNextMs(now) === 0) this.#break(records)
    return records
  }

  #add(line: Uint8Array, records: Uint8Array[]): void {
    for (;;) {
      const kind = classifyTraceLine(line)
      if (this.#first === undefined) return this.#begin(line, kind, records)
      if (kind === TraceLine.ordinary && this.#state === TraceState.plain) {
        // The hot path: a line of a log behind a line of a log.
        records.push(this.#first)
        this.#first = line
        this.#bytes = line.byteLength
        return
      }
      const step = stepTrace(this.#state, kind, line, this.#first, this.#tentative.at(-1))
      if (this.#take(step, line, records)) return
      this.#break(records)
    }
  }

  #begin(line: Uint8Array, kind: TraceLine, records: Uint8Array[]): void {
    if (kind === TraceLine.json) {
      records.push(line)
      return
    }
    this.#first = line
    this.#bytes = line.byteLength
    this.#state = beginTrace(kind, line)
  }

  /** Whether the line was taken into the record in the making. */
  #take(step: TraceStep, line: Uint8Array, records: Uint8Array[]): boolean {
    if (step.verdict === 'break') return false
    if (this.#more.length === 0 && this.#tentative.length === 0 && standsAlone(this.#first as Uint8Array)) return false
    if (step.verdict === 'tentative') {
      if (this.#tentative.length >= tentativeLinesMax || this.#bytes + line.byteLength > this.#recordBytesMax) return false
      this.#tentative.push(line)
      this.#state = step.state
      return true
    }
    let bytes = this.#bytes + 1 + line.byteLength
    for (const each of this.#tentative) bytes += 1 + each.byteLength
    const count = 1 + this.#more.length + this.#tentative.length + 1
    if (count > this.#recordLinesMax || bytes > this.#recordBytesMax) {
      records.push(joinLines([this.#first as Uint8Array, ...this.#more]))
      this.#more = this.#tentative.length > 0 ? [...this.#tentative.slice(1), line] : []
      this.#first = this.#tentative[0] ?? line
      bytes = this.#more.reduce((sum, each) => sum + 1 + each.byteLength, this.#first.byteLength)
    } else {
      for (const each of this.#tentative) this.#more.push(each)
      this.#more.push(line)
    }
    this.#tentative = []
    this.#bytes = bytes
    this.#state = step.state
    return true
  }

  /** Ends the record in the making. What was behind it on trial starts afresh. */
  #break(records: Uint8Array[]): void {
    const first = this.#first as Uint8Array
    const tentative = this.#tentative
    records.push(this.#more.length === 0 ? first : joinLines([first, ...this.#more]))
    this.#first = undefined
    if (this.#more.length > 0) this.#more = []
    this.#state = TraceState.plain
    if (tentative.length === 0) return
    this.#tentative = []
    for (const line of tentative) this.#add(line, records)
  }
}
