import { FunctionNotFoundError, InvalidRequestContentException } from '@millrace/function'
import type { InvocationResult } from '@millrace/function'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GatewayContext } from '../gateway-context.ts'
import { functionNameOf } from './function-reference.ts'
import { namespacedFunctionName, qualifier } from './model/common-shapes.ts'
import { string, structure } from '../aws/shape.ts'
import { validate } from '../aws/validate.ts'
import { reportLine } from './report-line.ts'

/** Lambda's limit on the payload of a synchronous invocation. */
export const payloadBytesMax: number = 6 * 1024 * 1024
const latest = '$LATEST'

interface InvokeRoute {
  readonly Params: { readonly FunctionName: string }
  readonly Querystring: { readonly Qualifier?: string }
  readonly Body: Buffer | undefined
}

interface InvokeInput {
  readonly FunctionName: string
  readonly Qualifier?: string
  readonly InvocationType?: 'RequestResponse' | 'Event' | 'DryRun'
  readonly LogType?: 'None' | 'Tail'
}

const invokeShape = structure(
  {
    FunctionName: namespacedFunctionName,
    Qualifier: qualifier,
    InvocationType: string({ enum: ['Event', 'RequestResponse', 'DryRun'] }),
    LogType: string({ enum: ['None', 'Tail'] }),
  },
  ['FunctionName'],
)

/** Lambda's Invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function registerInvoke(scope: FastifyInstance, context: GatewayContext): void {
  scope.post<InvokeRoute>('/2015-03-31/functions/:FunctionName/invocations', (request, reply) => invoke(request, reply, context))
}

async function invoke(request: FastifyRequest<InvokeRoute>, reply: FastifyReply, context: GatewayContext): Promise<FastifyReply> {
  const { services } = context
  const { headers, params, query } = request
  const { FunctionName, InvocationType, LogType, Qualifier } = validate<InvokeInput>(invokeShape, {
    ...query,
    ...params,
    InvocationType: headers['x-amz-invocation-type'],
    LogType: headers['x-amz-log-type'],
  })
  const name = functionNameOf(FunctionName, Qualifier)
  const json = payloadOf(request.body)
  if (InvocationType === 'DryRun') {
    const names = await services.functionNames()
    if (!names.includes(name)) throw new FunctionNotFoundError(name, names)
    return reply.status(204).send()
  }
  if (InvocationType === 'Event') {
    const { requestId } = await services.asyncInvoker.invokeAsync(name, json)
    return reply.status(202).header('x-amzn-requestid', requestId).send()
  }
  const result = await services.invoker.invoke(name, { kind: 'json', json })
  return answer(reply, result, LogType === 'Tail')
}

/** The event as JSON text. A request without a body is an empty event. */
function payloadOf(body: Buffer | undefined): string {
  if (body === undefined || body.byteLength === 0) return '{}'
  const json = body.toString('utf8')
  try {
    JSON.parse(json)
  } catch (error) {
    throw new InvalidRequestContentException(`Could not parse request body into json: ${(error as Error).message}`)
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
