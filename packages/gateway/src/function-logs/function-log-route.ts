import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { GatewayContext } from '../gateway-context.ts'
import { HttpError } from '../http/http-error.ts'
import { parseInput } from '../http/parse-input.ts'
import { timePointSchema } from '../search/time-point.ts'
import type { FunctionLogPage } from './function-logs.ts'

/** `GET /functions/{name}/logs`: what a function has logged lately in this process. */
export function registerFunctionLogs(scope: FastifyInstance, { services }: GatewayContext): void {
  const query = z.strictObject({
    after: z.coerce.number().int().min(0).default(0),
    since: z.preprocess(numberIn, timePointSchema(() => services.clock.now()).optional()),
    limit: z.coerce.number().int().min(1).max(10_000).default(1000),
  })
  const read = async ({ params, query: given }: LogRequest): Promise<FunctionLogPage> => {
    const { after, since, limit } = parseInput(query, given, 'query')
    const { name } = params
    const names = await services.functionNames()
    if (!names.includes(name)) {
      throw new HttpError(404, 'unknown-function', `No function is called ${JSON.stringify(name)} (there is ${names.join(', ')}).`)
    }
    return services.functionLogs.read(name, { after, limit, ...(since === undefined ? {} : { since }) })
  }
  scope.get<LogRoute>('/functions/:name/logs', (request) => read(request))
}

interface LogRoute {
  readonly Params: { readonly name: string }
}

interface LogRequest {
  readonly params: LogRoute['Params']
  readonly query: unknown
}

/** A query is text: milliseconds since the epoch are a number all the same. */
function numberIn(value: unknown): unknown {
  return typeof value === 'string' && /^\d{9,15}$/.test(value) ? Number(value) : value
}
