import type { FunctionLogEntry, FunctionLogPage, FunctionLogQuery, FunctionLogs } from '@millrace/gateway'
import type { FunctionLogLine } from '@millrace/function-runtime'

interface Tail {
  readonly entries: FunctionLogEntry[]
  chars: number
  /** Lines that were ever logged. */
  count: number
}

/** Keeps the last lines of each function in memory, up to a number of lines and of characters: what a person looks at, not an archive. */
export class FunctionLogTails implements FunctionLogs {
  readonly #tails = new Map<string, Tail>()
  readonly #linesMax: number
  readonly #charsMax: number

  constructor({ linesMax = 5_000, charsMax = 1024 * 1024 }: { readonly linesMax?: number; readonly charsMax?: number } = {}) {
    this.#linesMax = linesMax
    this.#charsMax = charsMax
  }

  add({ functionName, requestId, timestamp, logStreamName, line }: FunctionLogLine): void {
    let tail = this.#tails.get(functionName)
    if (tail === undefined) this.#tails.set(functionName, (tail = { entries: [], chars: 0, count: 0 }))
    const sequence = ++tail.count
    tail.entries.push({ sequence, timestamp, ...(requestId === undefined ? {} : { requestId }), logStreamName, line })
    tail.chars += line.length
    // Cut seldom and much: taking one line off the front of an array for each that comes is not cheap.
    if (tail.entries.length > 2 * this.#linesMax || tail.chars > 2 * this.#charsMax) this.#cut(tail)
  }

  read(functionName: string, { after, since, limit }: FunctionLogQuery): FunctionLogPage {
    const tail = this.#tails.get(functionName)
    if (tail === undefined) return { lines: [], missed: 0, next: 0 }
    this.#cut(tail)
    // A marker from before a restart is ahead of what has been logged since.
    const from = after > tail.count ? 0 : after
    const wanted = tail.entries.filter((entry) => entry.sequence > from && (since === undefined || entry.timestamp >= since))
    const lines = wanted.slice(-limit)
    const gone = (tail.entries[0]?.sequence ?? tail.count + 1) - 1
    return { lines, missed: Math.max(0, gone - from) + wanted.length - lines.length, next: tail.count }
  }

  #cut(tail: Tail): void {
    let cut = Math.max(0, tail.entries.length - this.#linesMax)
    for (let index = 0; index < cut; index++) tail.chars -= (tail.entries[index] as FunctionLogEntry).line.length
    // The newest line stays, however long it is.
    while (tail.chars > this.#charsMax && cut < tail.entries.length - 1) tail.chars -= (tail.entries[cut++] as FunctionLogEntry).line.length
    if (cut > 0) tail.entries.splice(0, cut)
  }
}
