import type { FormatName } from './format-name.ts'
import { Labels } from './labels.ts'

/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** ECS fields by section, e.g. `{ trace: { id: '…' } }`. */
export type Sections = { [name: string]: Json | Sections }

/** What a format found in a line, on its way to a document. Fields are named after the ECS fields that they become. */
export class Draft {
  /** Milliseconds since the epoch; NaN as long as nothing is known. */
  timestamp: number = Number.NaN
  /** `message`; undefined as long as nothing is known. */
  message: string | undefined = undefined
  /** `message` as a JSON string, from a format that has it at hand. Goes before `message`. */
  messageJson = ''
  dataset: string | undefined = undefined
  /** Format of the line within this one, where the line only wraps another. */
  innerFormat: FormatName | undefined = undefined
  level: string | undefined = undefined
  logger: string | undefined = undefined
  service: string | undefined = undefined
  host: string | undefined = undefined
  filePath: string | undefined = undefined
  originFile: string | undefined = undefined
  originLine: number | undefined = undefined
  originFunction: string | undefined = undefined
  errorType: string | undefined = undefined
  errorMessage: string | undefined = undefined
  errorStack: string | undefined = undefined
  pid: number | undefined = undefined
  processName: string | undefined = undefined
  threadId: number | undefined = undefined
  threadName: string | undefined = undefined
  /** Members of `log.syslog` as JSON text, each with its comma in front. */
  syslog = ''
  /** Members of `url` as JSON text, on their way into `body`; at first what belongs behind others, with a comma in front. */
  url = ''
  /** Members of `event` as JSON text, each with its comma in front. */
  event = ''
  /** Members of the document as JSON text, each with its comma in front: sections that nothing else in the draft writes to. */
  body = ''
  /** Further ECS fields. */
  sections: Sections | undefined = undefined
  /** The fields could not take up everything: the document keeps the line as `event.original`. */
  incomplete = false
  /** What ECS has no field for. */
  readonly labels: Labels = new Labels()

  /** Keeps a value that ECS has no field for; what does not fit stays in `event.original`. */
  label(name: string, value: Json): void {
    if (!this.labels.add(name, value)) this.incomplete = true
  }
}
