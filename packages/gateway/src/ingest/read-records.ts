import type { IncomingHttpHeaders } from 'node:http'
import { decodePutRecords, putRecordCount } from '@millrace/stream'
import type { PutRecord, RecordHeaders } from '@millrace/stream'
import { z } from 'zod'
import { HttpError } from '../http/http-error.ts'
import { recordOverheadBytes } from './byte-budget.ts'
import type { ByteLease } from './byte-budget.ts'
import { BodyCollector } from './body-collector.ts'
import type { ContentCoding } from './content-coding.ts'
import { ingestHeaderNames } from './ingest-headers.ts'

/** Reads a body to its end; gives its chunks to the callback. */
export type ReadBody = (onChunk: (chunk: Buffer) => void) => Promise<void>

/** Reads a body that `encodePutRecords` made. Throws `InvalidBatchError`, `NewerVersionError`, `HttpError`. */
export async function readRecords(
  read: ReadBody,
  headers: IncomingHttpHeaders,
  contentLength: number | undefined,
  lease: ByteLease,
): Promise<readonly PutRecord[]> {
  refuseLineHeaders(headers)
  const collector = new BodyCollector(contentLength)
  await read((chunk) => {
    lease.grow(chunk.byteLength)
    collector.add(chunk)
  })
  const body = collector.take()
  if (body.byteLength === 0) return []
  lease.grow(putRecordCount(body) * recordOverheadBytes)
  const records = decodePutRecords(body)
  validate(records)
  return records
}

/** Content length that tells the size of the decompressed body: that of a body that is not compressed. */
export function plainLength(coding: ContentCoding, contentLength: number | undefined): number | undefined {
  return coding === 'identity' ? contentLength : undefined
}

/** Every header that a record can have: one that is missing here would be refused, and the record with it. */
const headersShape = {
  service: z.string().max(1024).optional(),
  host: z.string().max(1024).optional(),
  path: z.string().max(4096).optional(),
  producerId: z.string().min(1).max(128).optional(),
  readTimestamp: z.number().min(0).max(8_640_000_000_000_000).optional(),
  recordId: z.string().min(1).max(256).optional(),
  resent: z.boolean().optional(),
  foreign: z.record(z.string().max(256), z.string().max(4096)).optional(),
} satisfies Record<Exclude<keyof RecordHeaders, 'kafka'>, z.ZodType>
const headersSchema = z.strictObject(headersShape)

/** The limits that a stream does not check. Records of one request share their headers: each object is looked at once. */
function validate(records: readonly PutRecord[]): void {
  const seen = new Set<RecordHeaders>()
  let last: RecordHeaders | undefined
  for (let index = 0; index < records.length; index++) {
    const { headers, producerSequence } = records[index] as PutRecord
    if (headers !== undefined && headers !== last) {
      if (!seen.has(headers)) validateHeaders(headers, index)
      seen.add(headers)
      last = headers
    }
    if (producerSequence !== undefined && !(Number.isSafeInteger(producerSequence) && producerSequence >= 0)) {
      throw new HttpError(
        400,
        'invalid-records',
        `Record ${index} has the producer sequence ${producerSequence}: not a whole number from 0 on.`,
      )
    }
  }
}

function validateHeaders(headers: RecordHeaders, index: number): void {
  const parsed = headersSchema.safeParse(headers)
  if (parsed.success) return
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.') ?? ''
  throw new HttpError(
    400,
    'invalid-records',
    `Record ${index} has headers that are not valid: ${where === '' ? '' : `${where}: `}${issue?.message}.`,
  )
}

function refuseLineHeaders(headers: IncomingHttpHeaders): void {
  const name = ingestHeaderNames.find((candidate) => candidate in headers)
  if (name === undefined) return
  throw new HttpError(400, 'invalid-header', `Header ${name} is for lines: encoded records say for themselves what they are.`)
}
