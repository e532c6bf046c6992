import type { StreamRecord } from '@millrace/stream'
import { OpenWindow } from './open-window.ts'

/** `early`: before its time is over, and records of it may follow; `over`: nothing more belongs to it. */
export type WindowEnd = 'early' | 'over'

/** What decides whether a window ends. */
export interface WindowSituation {
  /** TumblingWindowInSeconds at present; 0: no windows. */
  readonly seconds: number
  /** How long past its end a window waits for records while none come, in milliseconds. */
  readonly idleWaitMs: number
  /** The record that is next. */
  readonly head: StreamRecord | undefined
  /** The shard is closed, and was polled to its end. */
  readonly ended: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * The tumbling window of one shard. Pure: it decides, and whoever asks owns the time.
 *
 * A window is known by the arrival of its first record, and what comes behind it belongs to it until a record arrives at or after its end. A record
 * that arrived before the window began, or came to be read after its own window was closed, counts in the one that is open: so windows follow
 * each other in the order of the shard, and the checkpoint can stand between two of them.
 */
export class ShardWindow {
  #open: OpenWindow | undefined

  get open(): OpenWindow | undefined {
    return this.#open
  }

  /** The window that an invocation with this record first belongs to; begins one where none is open. */
  enter(seconds: number, record: StreamRecord): OpenWindow {
    return (this.#open ??= new OpenWindow(seconds, record.approximateArrivalTimestamp))
  }

  /** Records that arrived from then on (milliseconds since the epoch) are in no batch with the record; undefined where there are no windows. */
  batchEnd(seconds: number, record: StreamRecord): number | undefined {
    return seconds === 0 ? undefined : (this.#open ?? new OpenWindow(seconds, record.approximateArrivalTimestamp)).end
  }

  closed(): void {
    this.#open = undefined
  }

  /** Whether the open window is to be closed before anything else is done. */
  due(situation: WindowSituation): WindowEnd | undefined {
    const { seconds, idleWaitMs, head, ended, now } = situation
    const open = this.#open
    if (open === undefined) return undefined
    if (open.tooLarge || open.seconds !== seconds) return 'early'
    if (head !== undefined) return head.approximateArrivalTimestamp >= open.end ? 'over' : undefined
    return ended || now >= open.end + idleWaitMs ? 'over' : undefined
  }

  /** Milliseconds until the open window is over if no record comes; undefined where none is open. */
  untilIdleEnd(idleWaitMs: number, now: number): number | undefined {
    return this.#open && Math.max(0, this.#open.end + idleWaitMs - now)
  }
}
