import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { GatewayContext } from '../gateway-context.ts'
import { readinessPurposes } from '../gateway-services.ts'
import { parseInput } from '../http/parse-input.ts'
import { lambdaPaths } from '../lambda/register-lambda.ts'

const readinessQuery = z.strictObject({ for: z.enum(readinessPurposes).default('all') })

/** `GET /`, `/healthz`, `/readyz`, `/metrics`, `/stats`, `/streams`. */
export function registerStatus(scope: FastifyInstance, { services }: GatewayContext): void {
  const status = { config: { status: true } }
  const keyless = { config: { status: true, keyless: true } }

  scope.get('/', status, async () => ({ name: 'millrace', version: services.version, paths }))

  scope.get('/healthz', keyless, async (_request, reply) => {
    const { live, reasons } = await services.liveness()
    const answer = { status: live ? 'ok' : 'failed', name: 'millrace', version: services.version }
    return reply.status(live ? 200 : 503).send(live ? answer : { ...answer, reasons })
  })

  scope.get('/readyz', keyless, async (request, reply) => {
    const { for: purpose } = parseInput(readinessQuery, request.query, 'query')
    const readiness = await services.readiness(purpose)
    return reply.status(readiness.ready ? 200 : 503).send(readiness)
  })

  scope.get('/metrics', status, async (_request, reply) => reply.type(services.metrics.contentType).send(await services.metrics.metrics()))

  scope.get('/stats', status, async () => services.stats())

  scope.get('/streams', async () => ({ streams: await services.streams.list() }))
}

const paths = [
  'POST /',
  'POST /ingest/{stream}',
  'POST /search',
  'GET /stats',
  'GET /streams',
  'GET /metrics',
  'GET /healthz',
  'GET /readyz',
  'GET /dead-letters',
  'GET /dead-letters/{id}',
  'DELETE /dead-letters/{id}',
  'POST /dead-letters/redrive',
  'POST /streams/{stream}/replay',
  'GET /functions/{name}/logs',
  ...lambdaPaths,
]
