import type { FastifyInstance } from 'fastify'
import type { GatewayContext } from '../gateway-context.ts'

/** `GET /`, `/healthz`, `/readyz`, `/metrics`, `/stats`, `/streams`. */
export function registerStatus(scope: FastifyInstance, { services }: GatewayContext): void {
  const keyless = { config: { keyless: true } }

  scope.get('/', async () => ({ name: 'millrace', version: services.version, paths }))

  scope.get('/healthz', keyless, async () => ({ status: 'ok', name: 'millrace', version: services.version }))

  scope.get('/readyz', keyless, async (_request, reply) => {
    const readiness = await services.readiness()
    return reply.status(readiness.ready ? 200 : 503).send(readiness)
  })

  scope.get('/metrics', async (_request, reply) => reply.type(services.metrics.contentType).send(await services.metrics.metrics()))

  scope.get('/stats', async () => services.stats())

  scope.get('/streams', async () => ({ streams: await services.streams.list() }))
}

const paths = [
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
  'POST /2015-03-31/functions/{FunctionName}/invocations',
]
