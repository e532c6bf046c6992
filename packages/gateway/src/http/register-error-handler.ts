import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GatewayServices } from '../gateway-services.ts'
import { isLambdaPath, sendUnknownOperation } from '../lambda/unknown-operation.ts'
import { HttpError } from './http-error.ts'
import { toHttpError } from './to-http-error.ts'

/** Answers every error as `{"error": {…}}`, and unknown paths by naming the known ones. */
export function registerErrorHandler(server: FastifyInstance, services: GatewayServices): void {
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, services))
  server.setNotFoundHandler((request, reply) => {
    if (isLambdaPath(request.url)) return sendUnknownOperation(request, reply, services.requestId())
    return sendError(
      new HttpError(404, 'not-found', `There is nothing at ${request.method} ${request.url.slice(0, 200)}; GET / lists what there is.`),
      request,
      reply,
      services,
    )
  })
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, services: GatewayServices): FastifyReply {
  const answer = toHttpError(error)
  if (answer.status === 500) services.reportError(answer.cause ?? answer, `${request.method} ${request.url}`)
  return reply.status(answer.status).headers(answer.headers).send({ error: answer })
}
