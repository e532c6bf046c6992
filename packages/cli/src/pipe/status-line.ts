import type { PipeClock } from './pipe-clock.ts'
import { number, size } from './pipe-summary.ts'

/** Where messages go; a terminal gets a line of progress that is written over and over. */
export interface MessageStream {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

export interface Progress {
  readonly lines: number
  readonly bytes: number
  readonly spooledRecords: number
}

const intervalMs = 250

/** Messages, and a line of progress on a terminal. */
export class StatusLine {
  readonly #stream: MessageStream
  readonly #clock: PipeClock
  readonly #progress: () => Progress
  readonly #quiet: boolean
  #cancel: (() => void) | undefined
  #drawn = false
  #last: { readonly time: number; readonly lines: number }

  constructor(stream: MessageStream, clock: PipeClock, quiet: boolean, progress: () => Progress) {
    this.#stream = stream
    this.#clock = clock
    this.#quiet = quiet
    this.#progress = progress
    this.#last = { time: clock.now(), lines: 0 }
    if (stream.isTTY === true && !quiet) this.#schedule()
  }

  /** A sentence that stays. */
  say(text: string): void {
    if (this.#quiet) return
    this.#erase()
    this.#stream.write(`millrace: ${text}\n`)
  }

  /** Ends the progress. */
  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#erase()
  }

  #schedule(): void {
    this.#cancel = this.#clock.schedule(intervalMs, () => {
      this.#draw()
      this.#schedule()
    })
  }

  #draw(): void {
    const { lines, bytes, spooledRecords } = this.#progress()
    const time = this.#clock.now()
    const rate = ((lines - this.#last.lines) * 1000) / Math.max(1, time - this.#last.time)
    this.#last = { time, lines }
    const spooled = spooledRecords === 0 ? '' : `, ${number(spooledRecords)} records in the spool`
    this.#stream.write(`\r\x1b[K${number(lines)} lines (${size(bytes)}), ${number(Math.round(rate))} lines/s${spooled}`)
    this.#drawn = true
  }

  #erase(): void {
    if (this.#drawn) this.#stream.write('\r\x1b[K')
    this.#drawn = false
  }
}
