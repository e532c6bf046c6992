import { decodeLine } from './decode-line.ts'
import { candidates } from './detection-order.ts'
import { documentText } from './document-text.ts'
import { Draft } from './draft.ts'
import type { FormatName } from './format-name.ts'
import { formats } from './formats.ts'
import { plain } from './formats/plain.ts'
import type { Line, LineFormat } from './line-format.ts'
import { cleanName } from './clean-name.ts'
import { takeStackTrace } from './take-stack-trace.ts'
import { IsoText } from './time/iso-text.ts'
import { TimeZone } from './time/time-zone.ts'
import { TimestampScanner } from './time/timestamp-scanner.ts'

export interface NormalizerOptions {
  /** The format to try before all others; lines that are not of it are detected as without it. Default `auto`: each line by its own looks. */
  readonly hint?: FormatName | 'auto' | undefined
  /** Write every line as it came to `event.original`. Default false: only where the fields do not hold everything. */
  readonly keepOriginal?: boolean | undefined
  /** Zone of timestamps that name none, as in the IANA database. Default: the machine's. */
  readonly timeZone?: string | undefined
  /** Dataset of every document. Default: what the format says (see `NormalizedLog.dataset`). */
  readonly dataset?: string | undefined
  /** `data_stream.dataset`, where it is to differ from the dataset. */
  readonly dataStreamDataset?: string | undefined
  /** `data_stream.namespace`. Default `default`. */
  readonly namespace?: string | undefined
  /** Milliseconds since the epoch, for a record whose context says no time at all. Default `Date.now`. */
  readonly clockNow?: (() => number) | undefined
}

/** What is known about a record beside its bytes. */
export interface RecordContext {
  /** When the stream accepted the record: milliseconds since the epoch. `@timestamp` of a line that has none. */
  readonly arrivalTimestamp: number
  /** When the producer read the line: milliseconds since the epoch. Goes before the arrival, and completes dates without a year. */
  readonly readTimestamp?: number | undefined
  /** `event.ingested`, milliseconds since the epoch; without it the field is not written, so that a document follows from its record. */
  readonly ingestedTimestamp?: number | undefined
  readonly service?: string | undefined
  readonly host?: string | undefined
  readonly path?: string | undefined
}

export interface NormalizedLog {
  /** `@timestamp`, milliseconds since the epoch. */
  readonly timestamp: number
  /** e.g. `nginx.access`, `syslog`, `json` (or the service's name), `generic`: lower case, fit for the name of a data stream, at most 100 characters. */
  readonly dataset: string
  readonly format: FormatName
  /** The ECS document as JSON text. It was put together from many pieces, which whoever keeps it is to join: writing it somewhere, or looking into it, does. */
  readonly source: string
}

export interface Normalizer {
  /** Turns one record into one document. Synchronous, without I/O; never throws; the document follows from the arguments alone. */
  normalize(data: Uint8Array, context: RecordContext): NormalizedLog
}

/** Makes a normalizer. Throws `UnknownTimeZoneError`, and `UnknownFormatError` for a hint that is no format. */
export function createNormalizer(options: NormalizerOptions = {}): Normalizer {
  return new LineNormalizer(options)
}

class LineNormalizer implements Normalizer {
  readonly #hint: LineFormat | undefined
  readonly #keepOriginal: boolean
  readonly #dataset: string | undefined
  readonly #dataStreamDataset: string | undefined
  readonly #namespace: string
  readonly #clockNow: () => number
  readonly #scanner: TimestampScanner
  readonly #iso = new IsoText()
  /** Of its own: each remembers the last second, and all records of a batch were ingested in one. */
  readonly #ingestedIso = new IsoText()
  readonly #dataStreams = new Map<string, string>()

  constructor(options: NormalizerOptions) {
    this.#hint = options.hint === undefined || options.hint === 'auto' ? undefined : formatNamed(options.hint)
    this.#keepOriginal = options.keepOriginal ?? false
    this.#dataset = options.dataset === undefined ? undefined : cleanName(options.dataset)
    this.#dataStreamDataset = options.dataStreamDataset === undefined ? undefined : cleanName(options.dataStreamDataset)
    this.#namespace = cleanName(options.namespace ?? 'default')
    this.#clockNow = options.clockNow ?? Date.now
    this.#scanner = new TimestampScanner(new TimeZone(options.timeZone))
  }

  normalize(data: Uint8Array, context: RecordContext): NormalizedLog {
    const { text, base64 } = decodeLine(data)
    const reference = this.#reference(context)
    this.#scanner.reference = reference
    // A line that is wrapped in this one, read as if it had come alone.
    const readInner = (inner: string, into: Draft): FormatName => this.#read({ ...line, text: inner, readInner: undefined }, into)
    const line: Line = { text, scanner: this.#scanner, reference, path: context.path, service: context.service, readInner }
    const draft = new Draft()
    const format = this.#read(line, draft)
    takeStackTrace(draft)
    draft.service ??= context.service
    draft.host ??= context.host
    draft.filePath ??= context.path
    const timestamp = Number.isNaN(draft.timestamp) ? reference : draft.timestamp
    const dataset = this.#dataset ?? draft.dataset ?? 'generic'
    const source = documentText(draft, {
      timestamp: this.#iso.of(timestamp),
      dataset,
      dataStream: this.#dataStream(this.#dataStreamDataset ?? dataset),
      ingested:
        context.ingestedTimestamp === undefined ? undefined : this.#ingestedIso.of(inDateRange(context.ingestedTimestamp, reference)),
      original: this.#keepOriginal || draft.incomplete ? text : undefined,
      base64,
    })
    return { timestamp, dataset, format, source }
  }

  #reference(context: RecordContext): number {
    return Math.floor(inDateRange(context.readTimestamp ?? context.arrivalTimestamp, this.#clockNow()))
  }

  #read(line: Line, draft: Draft): FormatName {
    if (this.#hint?.parse(line, draft)) return draft.innerFormat ?? this.#hint.name
    for (const format of candidates(line.text.charCodeAt(0))) if (format.parse(line, draft)) return draft.innerFormat ?? format.name
    plain.parse(line, draft)
    return 'plain'
  }

  #dataStream(dataset: string): string {
    let member = this.#dataStreams.get(dataset)
    if (member === undefined) {
      member = `,"data_stream":{"type":"logs","dataset":"${dataset}","namespace":"${this.#namespace}"}`
      if (this.#dataStreams.size >= dataStreamsMax) this.#dataStreams.clear()
      this.#dataStreams.set(dataset, member)
    }
    return member
  }
}

const dataStreamsMax = 1_000

/** Years 1 to 9999: what every reader of ISO timestamps takes. */
function inDateRange(epochMs: number, otherwise: number): number {
  return epochMs >= -62_135_596_800_000 && epochMs <= 253_402_300_799_999 ? epochMs : otherwise
}

/** The hint names no format. */
export class UnknownFormatError extends Error {
  readonly retryable = false
  override readonly name = 'UnknownFormatError'
  constructor(format: string) {
    super(`"${format}" is no log format. There is auto, ${formats.map((each) => each.name).join(', ')}.`)
  }
}

function formatNamed(name: FormatName): LineFormat {
  const format = formats.find((each) => each.name === name)
  if (format === undefined) throw new UnknownFormatError(name)
  return format
}
