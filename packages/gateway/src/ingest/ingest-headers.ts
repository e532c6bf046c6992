import type { IncomingHttpHeaders } from 'node:http'
import type { RecordHeaders } from '@millrace/stream'
import { z } from 'zod'
import { HttpError } from '../http/http-error.ts'

/** What the headers of a request with lines say about all of its records. */
export interface IngestHeaders {
  readonly partitionKey: string | undefined
  readonly record: RecordHeaders
  /** Of the first record; there only together with `record.producerId`. */
  readonly firstSequence: number | undefined
  /** Whether stack traces are joined. */
  readonly join: boolean
}

const text = (charsMax: number): z.ZodType<string> => z.string().min(1).max(charsMax)
const wholeNumber = z
  .string()
  .regex(/^\d{1,16}$/, 'Not a whole number')
  .transform(Number)
  .pipe(z.int().min(0))

const headersSchema = z.object({
  'millrace-partition-key': text(256).optional(),
  'millrace-service': text(1024).optional(),
  'millrace-host': text(1024).optional(),
  'millrace-path': text(4096).optional(),
  'millrace-producer-id': z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'Not 1 to 128 visible ASCII characters')
    .optional(),
  'millrace-first-sequence': wholeNumber.optional(),
  'millrace-read-timestamp': wholeNumber.pipe(z.int().max(8_640_000_000_000_000)).optional(),
  'millrace-multiline': z.enum(['join', 'off']).optional(),
})
type HeaderName = keyof z.output<typeof headersSchema>

/** Names of the headers that ingest reads. */
export const ingestHeaderNames: readonly string[] = Object.keys(headersSchema.shape)

/** Reads the `millrace-…` headers. Throws 400 that names the header and its value. */
export function parseIngestHeaders(headers: IncomingHttpHeaders): IngestHeaders {
  const given: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    if (!name.startsWith('millrace-')) continue
    if (!ingestHeaderNames.includes(name)) throw invalid(name, 'There is no such header', headers[name])
    given[name] = decodeUtf8(name, headers[name])
  }
  const parsed = headersSchema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0])
    throw invalid(name, issue?.message ?? 'Not valid', given[name])
  }
  return assemble(parsed.data)
}

function assemble(values: { readonly [Name in HeaderName]?: z.output<typeof headersSchema>[Name] }): IngestHeaders {
  const producerId = values['millrace-producer-id']
  const firstSequence = values['millrace-first-sequence']
  if ((producerId === undefined) !== (firstSequence === undefined)) {
    throw new HttpError(
      400,
      'invalid-header',
      'The headers millrace-producer-id and millrace-first-sequence go together: one without the other gives records no identity.',
    )
  }
  const record = {
    service: values['millrace-service'],
    host: values['millrace-host'],
    path: values['millrace-path'],
    producerId,
    readTimestamp: values['millrace-read-timestamp'],
  }
  return {
    partitionKey: values['millrace-partition-key'],
    record: Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)),
    firstSequence,
    join: values['millrace-multiline'] !== 'off',
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** HTTP hands over a header's bytes one character each; what names a service or a file is UTF-8 today. */
function decodeUtf8(name: string, value: string | string[] | undefined): string {
  const raw = Array.isArray(value) ? value.join(', ') : (value ?? '')
  try {
    return utf8.decode(Buffer.from(raw, 'latin1'))
  } catch {
    throw invalid(name, 'Not UTF-8', raw)
  }
}

function invalid(name: string, message: string, value: unknown): HttpError {
  return new HttpError(400, 'invalid-header', `Header ${name}: ${message} (got ${JSON.stringify(value ?? '')?.slice(0, 200)}).`)
}
