import { FunctionNotFoundError } from '@millrace/function'
import type { InvocationResult } from '@millrace/function'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GatewayContext } from '../gateway-context.ts'
import { HttpError } from '../http/http-error.ts'
import { toAwsError } from './aws-error.ts'
import { parseFunctionName } from './function-name.ts'
import { reportLine } from './report-line.ts'

/** Lambda's limit on the payload of a synchronous invocation. */
const payloadBytesMax = 6 * 1024 * 1024
const latest = '$LATEST'

interface InvokeRoute {
  readonly Params: { readonly functionName: string }
  readonly Querystring: { readonly Qualifier?: string }
  readonly Body: Buffer | undefined
}

/** Lambda's Invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function registerInvoke(scope: FastifyInstance, context: GatewayContext): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: payloadBytesMax }, (_request, body, done) => done(null, body))
  scope.setErrorHandler((error, request, reply) => {
    const answer = toAwsError(error)
    if (answer.status === 500) context.services.reportError(error, `${request.method} ${request.url}`)
    return reply.status(answer.status).headers(answer.headers).header('x-amzn-errortype', answer.type).send(answer.body)
  })
  scope.post<InvokeRoute>('/2015-03-31/functions/:functionName/invocations', (request, reply) => invoke(request, reply, context))
}

async function invoke(request: FastifyRequest<InvokeRoute>, reply: FastifyReply, context: GatewayContext): Promise<FastifyReply> {
  const { services } = context
  const { name, qualifier } = parseFunctionName(request.params.functionName, request.query.Qualifier)
  if (qualifier !== undefined && qualifier !== latest) {
    throw new HttpError(404, 'unknown-function', `The function "${name}" has no version or alias "${qualifier}": there is ${latest} alone.`)
  }
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse'
  if (type === 'Event') {
    throw new HttpError(
      400,
      'invalid-parameter',
      'Asynchronous invocation (InvocationType Event) is not available; invoke with RequestResponse, or put the event into a stream.',
    )
  }
  if (type !== 'RequestResponse' && type !== 'DryRun') {
    throw new HttpError(400, 'invalid-parameter', `InvocationType ${JSON.stringify(type)} is none of RequestResponse, Event, DryRun.`)
  }
  const json = payloadOf(request.body)
  if (type === 'DryRun') {
    const names = await services.functionNames()
    if (!names.includes(name)) throw new FunctionNotFoundError(name, names)
    return reply.status(204).send()
  }
  const result = await services.invoker.invoke(name, { kind: 'json', json })
  return answer(reply, result, request.headers['x-amz-log-type'] === 'Tail')
}

/** The event as JSON text. A request without a body is an empty event. */
function payloadOf(body: Buffer | undefined): string {
  if (body === undefined || body.byteLength === 0) return '{}'
  const json = body.toString('utf8')
  try {
    JSON.parse(json)
  } catch (error) {
    throw new HttpError(400, 'invalid-json', `Could not parse request body into json: ${(error as Error).message}`)
  }
  return json
}

function answer(reply: FastifyReply, result: InvocationResult, tail: boolean): FastifyReply {
  void reply
    .status(200)
    .type('application/json')
    .header('x-amzn-requestid', result.requestId)
    .header('x-amz-executed-version', latest)
    .header('millrace-report', reportLine(result.requestId, result.report))
  if (tail) void reply.header('x-amz-log-result', Buffer.from(result.logTail, 'utf8').toString('base64'))
  if (result.kind === 'failure') void reply.header('x-amz-function-error', 'Unhandled')
  return reply.send(resultJson(result))
}

function resultJson(result: InvocationResult): string {
  if (result.kind === 'success') return result.json
  if (result.kind === 'outcomes') return JSON.stringify(result.outcomes)
  const { errorType, errorMessage, trace } = result
  return JSON.stringify({ errorType, errorMessage, trace })
}
