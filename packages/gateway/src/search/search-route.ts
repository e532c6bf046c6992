import type { FastifyInstance } from 'fastify'
import type { GatewayContext } from '../gateway-context.ts'
import { parseInput } from '../http/parse-input.ts'
import { requestSignal } from '../http/request-signal.ts'
import { searchRequestSchema } from './search-request.ts'

/** `POST /search`: a `SearchRequest` as JSON, answered with the index's `SearchResult`. */
export function registerSearch(scope: FastifyInstance, { services }: GatewayContext): void {
  const schema = searchRequestSchema(() => services.clock.now())
  scope.post('/search', async (request, reply) => {
    const search = parseInput(schema, request.body ?? {}, 'search')
    return services.index.search(search, requestSignal(reply))
  })
}
