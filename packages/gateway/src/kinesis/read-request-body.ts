import type { FastifyRequest } from 'fastify'
import type { GatewayContext } from '../gateway-context.ts'
import { BodyCollector } from '../ingest/body-collector.ts'
import type { ByteLease } from '../ingest/byte-budget.ts'
import { contentCodingOf } from '../ingest/content-coding.ts'
import { checkContentLength, readBody } from '../ingest/read-body.ts'

/** The whole body, decompressed. Throws `HttpError`s for one that is too large, too slow, or is not what its head says. */
export async function readRequestBody(
  request: FastifyRequest,
  { settings, services }: GatewayContext,
  lease: ByteLease,
): Promise<Uint8Array> {
  const { kinesisBodyBytesMax, bodyIdleTimeoutMs } = settings
  const limits = { bodyBytesMax: kinesisBodyBytesMax, decompressedBytesMax: kinesisBodyBytesMax, bodyIdleTimeoutMs }
  const coding = contentCodingOf(request.headers['content-encoding'])
  const header = request.headers['content-length']
  const contentLength = header === undefined ? undefined : Number(header)
  checkContentLength(contentLength, limits)
  if (contentLength !== undefined) lease.require(contentLength)
  const collector = new BodyCollector(coding === 'identity' ? contentLength : undefined)
  await readBody(request.raw, coding, limits, services.clock, (chunk) => {
    lease.grow(chunk.byteLength)
    collector.add(chunk)
  })
  return collector.take()
}
