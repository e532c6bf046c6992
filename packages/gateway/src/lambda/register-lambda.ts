import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SignatureGate } from '../aws/signature/signature-gate.ts'
import type { GatewayContext } from '../gateway-context.ts'
import { toAwsError } from './aws-error.ts'
import { registerInvoke, payloadBytesMax } from './invoke-route.ts'
import { registerOperation } from './register-operation.ts'
import { lambdaOperations } from './operations/index.ts'
import { refusedOperations } from './refused-operations.ts'
import { refusal } from './refusal.ts'

/** Lambda's REST API: Invoke, the operations on mappings and functions, and an answer for those that are not here. */
export function registerLambda(scope: FastifyInstance, context: GatewayContext): void {
  const { services } = context
  scope.removeAllContentTypeParsers()
  // Clients say application/x-amz-json, application/octet-stream or nothing at all; the body is JSON nevertheless.
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: payloadBytesMax }, (_request, body, done) => done(null, body))
  const gate = new SignatureGate('lambda', context)
  scope.addHook('onRoute', (route) => void (route.config = { ...route.config, signed: true }))
  if (context.accessKeys.required)
    scope.addHook('preHandler', async (request) => gate.check(request, createHash('sha256').update(bodyOf(request))))
  scope.addHook('onRequest', async (_request, reply) => void reply.header('x-amzn-requestid', services.requestId()))
  scope.setErrorHandler((error, request, reply) => {
    const answer = toAwsError(error)
    if (answer.status === 500) services.reportError(error, `${request.method} ${request.url}`)
    return reply.status(answer.status).headers(answer.headers).header('x-amzn-errortype', answer.type).send(answer.body)
  })
  registerInvoke(scope, context)
  for (const operation of lambdaOperations) registerOperation(scope, operation, context)
  for (const refused of refusedOperations) registerOperation(scope, refusal(refused), context)
}

function bodyOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array()
}

/** What of Lambda's API is served, as `METHOD /path`. */
export const lambdaPaths: readonly string[] = [
  'POST /2015-03-31/functions/{FunctionName}/invocations',
  ...lambdaOperations.map(({ method, path }) => `${method} ${path}`),
]
