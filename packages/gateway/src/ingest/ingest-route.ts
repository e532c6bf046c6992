import type { IncomingMessage } from 'node:http'
import type { PutRecord } from '@millrace/stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GatewayContext } from '../gateway-context.ts'
import type { ByteLease } from './byte-budget.ts'
import { contentCodingOf } from './content-coding.ts'
import { ingestAnswer } from './ingest-answer.ts'
import { parseIngestHeaders } from './ingest-headers.ts'
import { ingestFormOf } from './media-type.ts'
import { putInSlices } from './put-in-slices.ts'
import { checkContentLength, readBody } from './read-body.ts'
import { readLines } from './read-lines.ts'
import { plainLength, readRecords } from './read-records.ts'

interface IngestRoute {
  readonly Params: { readonly stream: string }
}

/** `POST /ingest/{stream}`: a body is read to its end, then put. A body that breaks off leaves nothing behind. */
export function registerIngest(scope: FastifyInstance, context: GatewayContext): void {
  scope.removeAllContentTypeParsers()
  // The body stays a stream: it is split into lines, or gathered, while it arrives.
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  scope.post<IngestRoute>('/ingest/:stream', { config: { ingest: true } }, (request, reply) => ingest(request, reply, context))
}

async function ingest(request: FastifyRequest<IngestRoute>, reply: FastifyReply, context: GatewayContext): Promise<FastifyReply> {
  const { services, settings, metrics } = context
  const lease = context.budget.lease()
  try {
    const stream = await services.streams.get(request.params.stream)
    const { records, nextSequence } = await readRequest(request, context, lease)
    const outcome = await putInSlices(stream, records, settings)
    metrics.ingestRecords += outcome.accepted
    metrics.ingestBytes += outcome.acceptedBytes
    for (const { code } of outcome.refused) metrics.countRefused(code)
    if (outcome.failure?.status === 500) services.reportError(outcome.failure.cause, `POST /ingest/${stream.name}`)
    const answer = ingestAnswer(outcome, nextSequence, settings.retryAfterMs)
    return await reply.status(answer.status).headers(answer.headers).send(answer.body)
  } finally {
    lease.release()
  }
}

/** The records of a request, and what its producer numbers on with. */
export interface IngestedRecords {
  readonly records: readonly PutRecord[]
  readonly nextSequence: number | undefined
}

async function readRequest(request: FastifyRequest, context: GatewayContext, lease: ByteLease): Promise<IngestedRecords> {
  const { services, settings } = context
  const form = ingestFormOf(request.headers['content-type'])
  const coding = contentCodingOf(request.headers['content-encoding'])
  const contentLength = contentLengthOf(request.raw)
  checkContentLength(contentLength, settings)
  if (contentLength !== undefined) lease.require(contentLength)
  const read = (onChunk: (chunk: Buffer) => void): Promise<void> => readBody(request.raw, coding, settings, services.clock, onChunk)
  if (form === 'records') {
    const records = await readRecords(read, request.headers, plainLength(coding, contentLength), lease)
    return { records, nextSequence: undefined }
  }
  return readLines(read, parseIngestHeaders(request.headers), () => services.randomKey(), lease)
}

/** Undefined for a body whose length is not told. */
function contentLengthOf(message: IncomingMessage): number | undefined {
  const header = message.headers['content-length']
  if (header !== undefined) return Number(header)
  return message.headers['transfer-encoding'] === undefined ? 0 : undefined
}
