import type { TumblingWindow } from '@millrace/function'

/** Lambda's limit on the state of a window, in bytes of its JSON: past it the window is terminated early. */
export const windowStateBytesMax: number = 1024 * 1024

/** A tumbling window of one shard that has begun, and not been closed by its final invocation. */
export class OpenWindow {
  readonly seconds: number
  /** Milliseconds since the epoch: a multiple of the window's length. */
  readonly start: number
  /** Exclusive. */
  readonly end: number
  /** JSON of what the last successful invocation answered. */
  #state = '{}'
  /** Whether an invocation has answered a state: only then is there something to close the window with. */
  aggregated = false
  #tooLarge = false

  /** The window of a record that arrived then, milliseconds since the epoch. */
  constructor(seconds: number, arrival: number) {
    const length = seconds * 1000
    this.seconds = seconds
    this.start = Math.floor(arrival / length) * length
    this.end = this.start + length
  }

  answered(state: string): void {
    this.#state = state
    this.aggregated = true
    // A UTF-16 unit takes at most 3 bytes: only long text needs to be measured.
    this.#tooLarge = state.length * 3 > windowStateBytesMax && Buffer.byteLength(state) > windowStateBytesMax
  }

  /** The state has outgrown `windowStateBytesMax`. */
  get tooLarge(): boolean {
    return this.#tooLarge
  }

  /** For an invocation with records of the window. */
  aggregation(): TumblingWindow {
    return this.#invocation(false, false)
  }

  /** For the final invocation. `early`: before the window's time was over, and records of it may follow. */
  final(early: boolean): TumblingWindow {
    return this.#invocation(true, early)
  }

  #invocation(isFinalInvokeForWindow: boolean, isWindowTerminatedEarly: boolean): TumblingWindow {
    return { start: this.start, end: this.end, state: this.#state, isFinalInvokeForWindow, isWindowTerminatedEarly }
  }
}
