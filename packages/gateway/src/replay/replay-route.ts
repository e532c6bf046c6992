import { Readable } from 'node:stream'
import type { ReplayEvent } from '@millrace/function'
import type { FastifyInstance } from 'fastify'
import type { GatewayContext } from '../gateway-context.ts'
import { parseInput } from '../http/parse-input.ts'
import { requestSignal } from '../http/request-signal.ts'
import { shuttingDown, toHttpError } from '../http/to-http-error.ts'
import { replayRequestSchema } from './replay-request.ts'

interface ReplayRoute {
  readonly Params: { readonly stream: string }
}

/**
 * `POST /streams/{stream}/replay`: past records of a stream through a function. The answer is NDJSON, a `ReplayEvent` a line, as the replay goes; what fails on the way
 * is a last line `{"type": "error", "error": …}`. It runs as fast as it is read, and ends when the client leaves.
 */
export function registerReplay(scope: FastifyInstance, { services, settings }: GatewayContext): void {
  const closing = new AbortController()
  // A replay would hold up the end of this process for as long as it takes.
  scope.addHook('preClose', async () => closing.abort(shuttingDown()))
  scope.post<ReplayRoute>('/streams/:stream/replay', { bodyLimit: settings.jsonBodyBytesMax }, async (request, reply) => {
    const schema = replayRequestSchema(request.params.stream, () => services.clock.now())
    const wanted = parseInput(schema, request.body, 'replay')
    const left = requestSignal(reply)
    const signal = AbortSignal.any([left, closing.signal])
    const events = await services.replays.start(wanted, signal)
    const report = (error: unknown): void => {
      // Whoever left has ended it.
      if (!left.aborted) services.reportError(error, `${request.method} ${request.url}`)
    }
    return reply.type('application/x-ndjson').send(Readable.from(lines(events, report), { objectMode: false, highWaterMark: 64 * 1024 }))
  })
}

async function* lines(events: AsyncIterable<ReplayEvent>, report: (error: unknown) => void): AsyncGenerator<string, void> {
  try {
    for await (const event of events) yield `${JSON.stringify(event)}\n`
  } catch (error) {
    const answer = toHttpError(error)
    if (answer.status === 500) report(error)
    yield `${JSON.stringify({ type: 'error', error: answer })}\n`
  }
}
