import { HttpError } from '../http/http-error.ts'

/** What the body of an ingest request holds. */
export type IngestForm = 'lines' | 'records'

/** Media type of `encodePutRecords`. */
const recordsMediaType = 'application/vnd.millrace.records'

/** Lines under other names than `text/…`. The form type is what curl says of `--data-binary` when it is told nothing. */
const lineMediaTypes: ReadonlySet<string> = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
])

/** Reads a Content-Type header. Throws 415. */
export function ingestFormOf(header: string | undefined): IngestForm {
  const type = (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === recordsMediaType) return 'records'
  if (type === '' || type.startsWith('text/') || lineMediaTypes.has(type)) return 'lines'
  const hint = type === 'application/json' ? ' A JSON value on each line is application/x-ndjson.' : ''
  throw new HttpError(
    415,
    'unsupported-media-type',
    `The content-type ${JSON.stringify(header)} cannot be ingested: send lines as text/plain or application/x-ndjson, or records as ${recordsMediaType}.${hint}`,
  )
}
