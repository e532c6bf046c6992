import type { TumblingWindow } from '@millrace/function'
import type { StreamRecord } from '@millrace/stream'
import { promise } from './promise.ts'

/** The tumbling windows of one ownership of a shard, as the function sees them. */
export class WindowTruth {
  #start = 0
  #end = 0
  /** JSON of the state that the function answered last; undefined where there is none that a window has to be closed with. */
  #state: string | undefined
  #tooLarge = false
  #lastFinalFailed = false
  /** Positions whose records are in the state. */
  readonly #positions = new Set<number>()

  /** An invocation with a window begins: may it? `seconds` is TumblingWindowInSeconds. */
  began(window: TumblingWindow, records: readonly StreamRecord[], seconds: number): void {
    promise(window.state === (this.#state ?? '{}'), 'an invocation has the state that the last one answered')
    if (window.isFinalInvokeForWindow) {
      promise(records.length === 0, 'a final invocation has no records')
      promise(this.#state !== undefined, 'a window without a state is not closed')
      promise(window.start === this.#start && window.end === this.#end, 'a final invocation closes the window that is open')
      return
    }
    promise(!this.#lastFinalFailed, 'nothing is invoked before the window is closed')
    promise(!this.#tooLarge, 'a state that is too large ends the window')
    promise(window.end - window.start === seconds * 1000 && window.start % (seconds * 1000) === 0, 'windows are as long as the parameter')
    if (this.#state !== undefined) promise(window.start === this.#start, 'a window with a state is closed before another one begins')
    else if (window.start !== this.#start || window.end !== this.#end) {
      promise((records[0]?.approximateArrivalTimestamp ?? 0) >= window.start, 'a window begins with a record of its own')
    }
    promise(
      records.every((record) => record.approximateArrivalTimestamp < window.end),
      'a record that arrived after a window is not in it',
    )
    this.#start = window.start
    this.#end = window.end
  }

  /** The function answered a state that has these records, too. */
  gathered(state: string, records: readonly StreamRecord[], tooLarge: boolean): void {
    this.#state = state
    this.#tooLarge = tooLarge
    for (const record of records) this.#positions.add(record.position)
  }

  /** The final invocation has ended. */
  finished(succeeded: boolean): void {
    this.#lastFinalFailed = !succeeded
    if (!succeeded) return
    this.#state = undefined
    this.#tooLarge = false
    this.#positions.clear()
  }

  /** A checkpoint is about to be stored: may it? */
  checkpointed(position: number): void {
    for (const gathered of this.#positions) promise(gathered >= position, 'the checkpoint passes no record of an open window')
  }

  /** JSON of the state with these records. */
  stateWith(records: readonly StreamRecord[], padding: string): string {
    return JSON.stringify({ positions: [...this.#positions, ...records.map((record) => record.position)], padding })
  }
}
