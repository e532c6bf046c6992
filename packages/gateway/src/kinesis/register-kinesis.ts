import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { conforms } from '../aws/conforms.ts'
import { SignatureGate } from '../aws/signature/signature-gate.ts'
import { validate } from '../aws/validate.ts'
import type { GatewayContext } from '../gateway-context.ts'
import { EventStream, eventMessages, eventStreamContentType } from './event-stream/event-stream.ts'
import { Subscriptions } from './event-stream/subscriptions.ts'
import type { KinesisContext } from './kinesis-context.ts'
import { KinesisError, toKinesisError } from './kinesis-error.ts'
import type { KinesisOperation } from './operation.ts'
import { kinesisOperations } from './operations/index.ts'
import { refusedOperations } from './operations/refused-operations.ts'
import { readRequestBody } from './read-request-body.ts'
import { ConsumerStore } from './streams/consumer-store.ts'
import { StreamDetailsStore } from './streams/stream-details.ts'
import { json, type WireFormat, wireFormatOf } from './wire/wire-format.ts'

const targetPrefix = 'Kinesis_20131202.'
const operations: ReadonlyMap<string, KinesisOperation> = new Map(
  [...kinesisOperations, ...refusedOperations].map((operation) => [operation.name, operation]),
)

/** Kinesis's API: `POST /` with `X-Amz-Target`, in AWS's JSON 1.1 and CBOR 1.1. https://docs.aws.amazon.com/kinesis/latest/APIReference/ */
export function registerKinesis(scope: FastifyInstance, context: GatewayContext): void {
  const { services } = context
  const kinesis: KinesisContext = {
    ...context,
    details: new StreamDetailsStore(services.resources, services.clock),
    consumers: new ConsumerStore(services.resources),
    subscriptions: new Subscriptions(),
    gate: new SignatureGate('kinesis', context),
  }
  scope.removeAllContentTypeParsers()
  // The body stays a stream, so that it is bounded while it arrives and is decompressed.
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  scope.setErrorHandler((error, request, reply) => answerError(error, request, reply, kinesis))
  scope.post('/', { config: { signed: true } }, (request, reply) => answer(request, reply, kinesis))
}

async function answer(request: FastifyRequest, reply: FastifyReply, context: KinesisContext): Promise<FastifyReply> {
  addIds(reply, context)
  const format = formatOf(request)
  const operation = operationOf(request)
  const lease = context.budget.lease()
  try {
    const bodyHash = context.gate.watchBody(request)
    const body = await readRequestBody(request, context, lease)
    context.gate.check(request, bodyHash)
    const members = format.decode(body)
    const input = conforms(operation.input, members) ? members : validate<object>(operation.input, members)
    const output = await operation.run(input as never, context)
    if (output instanceof EventStream) {
      const messages = Readable.from(eventMessages(output, format), { objectMode: false, highWaterMark: 0 })
      return await reply.header('content-type', eventStreamContentType).send(messages)
    }
    void reply.header('content-type', format.contentType)
    return await reply.send(output === undefined ? '' : format.encode(output))
  } finally {
    lease.release()
  }
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, context: KinesisContext): FastifyReply {
  const { type, message, status } = toKinesisError(error)
  if (status === 500) context.services.reportError(error, String(request.headers['x-amz-target']))
  if (!reply.hasHeader('x-amzn-requestid')) addIds(reply, context)
  const format = wireFormatOf(request.headers['content-type']) ?? json
  return reply
    .status(status)
    .header('content-type', format.contentType)
    .send(format.encode({ __type: type, message }))
}

/** What people are asked for when they report something. */
function addIds(reply: FastifyReply, { services }: KinesisContext): void {
  void reply.headers({
    'x-amzn-requestid': services.requestId(),
    'x-amz-id-2': Buffer.from(`${services.randomKey()}${services.randomKey()}`).toString('base64'),
  })
}

function formatOf({ headers }: FastifyRequest): WireFormat {
  const format = wireFormatOf(headers['content-type'])
  if (format !== undefined) return format
  const given = JSON.stringify(headers['content-type'] ?? '')
  throw new KinesisError(
    'UnknownOperationException',
    `The Content-Type ${given} is not known: send application/x-amz-json-1.1 or application/x-amz-cbor-1.1.`,
    404,
  )
}

function operationOf({ headers }: FastifyRequest): KinesisOperation {
  const target = headers['x-amz-target']
  const operation =
    typeof target === 'string' && target.startsWith(targetPrefix) ? operations.get(target.slice(targetPrefix.length)) : undefined
  if (operation !== undefined) return operation
  throw new KinesisError(
    'UnknownOperationException',
    `The X-Amz-Target ${JSON.stringify(target ?? '').slice(0, 256)} names no operation: it should be ${targetPrefix}PutRecords, or another of Kinesis's.`,
  )
}
