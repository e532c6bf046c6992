import type { Clock } from '@millrace/stream'

/** Something that a person should know. The mapper goes on by itself. */
export interface MapperWarning {
  readonly kind: MapperWarningKind
  /** One or more sentences: what is wrong, with the values, and what to do. */
  readonly message: string
  /** Warnings of this kind that were held back since the last one. */
  readonly suppressed: number
}

export type MapperWarningKind =
  | 'function-unavailable'
  | 'dead-letters-failing'
  | 'checkpoint-failing'
  | 'stream-failing'
  | 'dead-lettered'
  | 'window-not-closed'
  | 'destination-failing'

const intervalMs = 30_000

/** Passes on one warning of a kind in 30 seconds: loud enough to be heard, and no flood. */
export class Warnings {
  readonly #clock: Clock
  readonly #onWarning: ((warning: MapperWarning) => void) | undefined
  readonly #last = new Map<MapperWarningKind, { at: number; suppressed: number }>()

  constructor(clock: Clock, onWarning: ((warning: MapperWarning) => void) | undefined) {
    this.#clock = clock
    this.#onWarning = onWarning
  }

  warn(kind: MapperWarningKind, message: string): void {
    const now = this.#clock.now()
    const last = this.#last.get(kind)
    if (last !== undefined && now - last.at < intervalMs) {
      last.suppressed++
      return
    }
    this.#last.set(kind, { at: now, suppressed: 0 })
    this.#onWarning?.({ kind, message, suppressed: last?.suppressed ?? 0 })
  }
}

/** An error in words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
