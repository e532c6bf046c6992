import type { Draft } from './draft.ts'
import type { FormatName } from './format-name.ts'
import type { TimestampScanner } from './time/timestamp-scanner.ts'

/** A line, and what a format may need to read it. */
export interface Line {
  readonly text: string
  readonly scanner: TimestampScanner
  /** When the line was read: milliseconds since the epoch. */
  readonly reference: number
  /** `log.file.path` and service as the producer gave them: they tell programs apart that write the same format. */
  readonly path: string | undefined
  readonly service: string | undefined
  /** Reads the line that this one wraps into the draft, as if it had come alone. Undefined in a line that is wrapped itself: wrapping goes one level deep. */
  readonly readInner: ((text: string, draft: Draft) => FormatName) | undefined
}

/** One format: one file. */
export interface LineFormat {
  readonly name: FormatName
  /**
   * Reads the line into the draft if it is of this format, and answers whether it is. Linear in the line's length, never throws, and leaves the draft
   * as it was when it answers false.
   */
  parse(line: Line, draft: Draft): boolean
}
