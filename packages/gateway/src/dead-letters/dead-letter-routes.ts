import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { GatewayContext } from '../gateway-context.ts'
import { HttpError } from '../http/http-error.ts'
import { parseInput } from '../http/parse-input.ts'
import { requestSignal } from '../http/request-signal.ts'
import { retryAfter } from '../ingest/byte-budget.ts'
import { deadLetterAnswer, deadLetterPage } from './dead-letter-answer.ts'
import { redrive } from './redrive.ts'
import type { RedriveResult, RedriveSelection } from './redrive.ts'

/** Data of the letters of one page. */
const pageBytesMax = 8 * 1024 * 1024

const name = z.string().min(1).max(256)
const id = z.string().min(1).max(1024)
const listQuery = z.strictObject({
  stream: name.optional(),
  function: name.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: id.optional(),
})
const selection: z.ZodType<RedriveSelection> = z.union([
  z.strictObject({ ids: z.array(id).min(1).max(1000) }),
  z.strictObject({ all: z.literal(true), stream: name.optional(), function: name.optional(), before: z.number().min(0).optional() }),
])

interface LetterRoute {
  readonly Params: { readonly id: string }
}

/** `GET /dead-letters`, `GET` and `DELETE /dead-letters/{id}`, `POST /dead-letters/redrive`. */
export function registerDeadLetters(scope: FastifyInstance, { services, settings }: GatewayContext): void {
  const { deadLetters, streams, clock } = services

  scope.route({
    method: 'GET',
    url: '/dead-letters',
    handler: async (request) => {
      const query = parseInput(listQuery, request.query, 'query')
      const letters = await deadLetters.list({
        limit: query.limit,
        ...(query.stream === undefined ? {} : { stream: query.stream }),
        ...(query.function === undefined ? {} : { functionName: query.function }),
        ...(query.after === undefined ? {} : { after: query.after }),
      })
      return deadLetterPage(letters, query.limit, pageBytesMax)
    },
  })

  scope.route<LetterRoute>({
    method: 'GET',
    url: '/dead-letters/:id',
    handler: async (request) => {
      const letter = await deadLetters.get(request.params.id)
      if (letter === undefined) throw unknownLetter(request.params.id)
      return deadLetterAnswer(letter)
    },
  })

  scope.route<LetterRoute>({
    method: 'DELETE',
    url: '/dead-letters/:id',
    handler: async (request) => {
      const removed = await deadLetters.remove([request.params.id])
      if (removed === 0) throw unknownLetter(request.params.id)
      return { removed }
    },
  })

  scope.post('/dead-letters/redrive', async (request, reply) => {
    const chosen = parseInput(selection, request.body, 'redrive')
    const startedAt = Math.min(clock.now(), 'all' in chosen ? (chosen.before ?? Infinity) : Infinity)
    const result = await redrive(chosen, { deadLetters, streams, startedAt, signal: requestSignal(reply) })
    const pressure = result.failed.find((failure) => failure.retryable)
    if (pressure === undefined) return result
    return reply
      .status(429)
      .headers(retryAfter(settings.retryAfterMs))
      .send({ ...pressed(result, pressure), before: startedAt })
  })
}

function pressed(result: RedriveResult, pressure: RedriveResult['failed'][number]): object {
  const { code, message } = pressure
  return {
    ...result,
    error: { code, message: `${result.redriven} redriven, then: ${message} Redrive again for the rest.`, retryable: true },
  }
}

function unknownLetter(letterId: string): HttpError {
  return new HttpError(404, 'unknown-dead-letter', `There is no dead letter ${JSON.stringify(letterId.slice(0, 200))}.`)
}
