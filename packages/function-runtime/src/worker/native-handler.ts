import type { BatchContext, BatchHandlerFactory, DisposableBatchHandler, RecordOutcome } from '@millrace/function'
import { RecordBatch } from '@millrace/stream'
import type { Answer, EnvironmentData, InvokeRequest, NativeCode } from '../protocol.ts'
import { createContext } from './context.ts'
import { errorPayload, loggedError } from './error-payload.ts'
import type { LoadedFunction } from './loaded-function.ts'
import { HandlerError } from './resolve-handler.ts'

/** Loads a batch handler: imports its module and calls the factory. Throws what they threw, or `HandlerError`. */
export async function loadNativeHandler(code: NativeCode, environment: EnvironmentData): Promise<LoadedFunction> {
  const module = (await import(code.module)) as Record<string, unknown>
  const factory = module[code.export]
  if (typeof factory !== 'function') {
    throw new HandlerError('Runtime.HandlerNotFound', `${code.module} exports no function "${code.export}".`)
  }
  const made = await (factory as BatchHandlerFactory)(code.data)
  const { handler, dispose }: Pick<DisposableBatchHandler, 'handler'> & Partial<DisposableBatchHandler> =
    typeof made === 'function' ? { handler: made } : { handler: made.handler, dispose: () => made.dispose() }
  const controllers = new Map<number, AbortController>()
  return {
    waitsForLoop: false,
    async invoke(request, log) {
      const controller = new AbortController()
      controllers.set(request.id, controller)
      try {
        const context: BatchContext = Object.assign(createContext(environment, request), {
          signal: controller.signal,
          maybeRepeated: request.event.kind === 'records' && request.event.maybeRepeated,
          replay: request.event.kind === 'records' ? request.event.replay : undefined,
        })
        const batch = readBatch(request, environment)
        const answered = answer(await handler(batch, context), batch.length)
        freeBatch(request)
        return answered
      } catch (error) {
        const payload = errorPayload(error)
        log(`Invoke Error \t${loggedError(error, payload)}`)
        return { kind: 'failure', error: payload }
      } finally {
        controllers.delete(request.id)
      }
    },
    abort(id, reason) {
      controllers.get(id)?.abort(new Error(reason))
    },
    ...(dispose === undefined ? {} : { dispose }),
  }
}

function readBatch({ event }: InvokeRequest, { functionName }: EnvironmentData): RecordBatch {
  if (event.kind === 'records') return new RecordBatch(event.source, event.bytes)
  throw new HandlerError('Runtime.UnsupportedPayload', `"${functionName}" takes the records of a stream, and was given a JSON event.`)
}

/**
 * The handler is done with the records' bytes. Left to the garbage collector, they make it collect the whole heap every few batches; after a failure they are, since
 * something may still be at work on them.
 */
function freeBatch({ event }: InvokeRequest): void {
  if (event.kind === 'records') event.bytes.buffer.transfer(0)
}

function answer(outcomes: readonly RecordOutcome[], count: number): Answer {
  if (!Array.isArray(outcomes) || outcomes.length !== count) {
    const answered = Array.isArray(outcomes) ? `${outcomes.length} outcomes` : typeof outcomes
    const errorMessage = `The handler answered ${answered} for a batch of ${count} records; it has to answer one outcome per record.`
    return { kind: 'failure', error: { errorType: 'Runtime.InvalidOutcomes', errorMessage, trace: [] } }
  }
  const others: [number, RecordOutcome][] = []
  for (let index = 0; index < count; index++) {
    const outcome = outcomes[index] as RecordOutcome
    if (outcome.outcome !== 'settled') others.push([index, outcome])
  }
  return { kind: 'outcomes', count, others }
}
