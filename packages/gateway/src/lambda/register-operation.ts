import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { GatewayContext } from '../gateway-context.ts'
import type { StructureShape } from '../aws/shape.ts'
import { SerializationException } from '../aws/model-error.ts'
import { validate } from '../aws/validate.ts'
import type { LambdaOperation } from './operation.ts'

interface OperationRoute {
  readonly Params: Readonly<Record<string, string>>
  readonly Querystring: Readonly<Record<string, string | readonly string[]>>
  readonly Body: Buffer | undefined
}

/** Serves an operation at its path, which older SDKs write with a slash at the end. */
export function registerOperation(scope: FastifyInstance, operation: LambdaOperation, { services, settings }: GatewayContext): void {
  const { method, path, status, input } = operation
  const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
  for (const each of [url, `${url}/`]) {
    scope.route<OperationRoute>({
      method,
      url: each,
      bodyLimit: settings.jsonBodyBytesMax,
      handler: async (request, reply) => {
        const answer = await operation.run(validate<never>(input, membersOf(request, input)), services)
        void reply.status(status)
        return answer === undefined ? reply.send() : reply.type('application/json').send(answer)
      },
    })
  }
}

/** Everything that a request says, as the members of one structure. The path has the last word. */
function membersOf(request: FastifyRequest<OperationRoute>, { members }: StructureShape): object {
  const query = Object.entries(request.query).map(([name, value]) => {
    if (members[name]?.type === 'list') return [name, [value].flat()] as const
    const text = typeof value === 'string' ? value : (value.at(-1) ?? '')
    return [name, members[name]?.type === 'integer' ? numberIn(name, text) : text] as const
  })
  return { ...bodyOf(request.body), ...Object.fromEntries(query), ...request.params }
}

function numberIn(name: string, text: string): number {
  if (!/^-?\d{1,15}$/.test(text))
    throw new SerializationException(`${JSON.stringify(text)} can not be converted to an Integer at '${name}'`)
  return Number(text)
}

function bodyOf(body: Buffer | undefined): object {
  if (body === undefined || body.byteLength === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new SerializationException(`The body is not JSON: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SerializationException('The body is not a JSON object.')
  return value
}
