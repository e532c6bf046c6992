import type { Batcher, RecordRun } from './batcher.ts'
import type { Delivery } from './delivery.ts'
import { pause, type PipeClock } from './pipe-clock.ts'
import type { PipeSource } from './pipe-source.ts'
import type { RecordReader } from './record-reader.ts'

export interface PumpOptions {
  readonly batcher: Batcher
  readonly delivery: Delivery
  readonly clock: PipeClock
  /** Aborted: the source is read no further. */
  readonly signal: AbortSignal
  readonly onChunk: (chunk: Uint8Array) => Promise<void>
}

const interrupted = 'it was interrupted before its end'

/**
 * Reads a source until its end, until the signal is aborted, or until nothing can be delivered any more. A chunk is read only when the batches before it
 * were taken. Answers the error that ended the reading, if one did.
 */
export async function pumpSource(source: PipeSource, reader: RecordReader, options: PumpOptions): Promise<Error | undefined> {
  const { clock, delivery, batcher, signal } = options
  const input = source.open()
  const stop = (): void => void input.destroy()
  signal.addEventListener('abort', stop)
  delivery.stopped.addEventListener('abort', stop)
  const take = async (run: RecordRun | undefined): Promise<void> => {
    if (run === undefined) return
    for (const batch of batcher.add(run, clock.now())) await delivery.submit(batch)
  }
  try {
    const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    let next = chunks.next()
    while (!signal.aborted && delivery.fatal === undefined) {
      const chunk = await within(next, shorter(reader.untilNextMs(clock.now()), batcher.untilNextMs(clock.now())), clock)
      if (chunk === undefined) {
        await take(reader.flush(clock.now()))
        const batch = batcher.flush(clock.now())
        if (batch !== undefined) await delivery.submit(batch)
        continue
      }
      if (chunk.done === true) return undefined
      await options.onChunk(chunk.value)
      await take(reader.push(chunk.value, clock.now()))
      next = chunks.next()
      // Should nobody wait for it any more, its failure is that of the stream that is given up.
      next.catch(() => {})
    }
    return signal.aborted ? new Error(interrupted) : undefined
  } catch (error) {
    if (delivery.fatal !== undefined) return undefined
    return signal.aborted ? new Error(interrupted) : (error as Error)
  } finally {
    signal.removeEventListener('abort', stop)
    delivery.stopped.removeEventListener('abort', stop)
    input.destroy()
    await take(reader.end(clock.now()))
  }
}

/** What a promise comes to; undefined when `waitMs` is over before that. */
async function within<Value>(promise: Promise<Value>, waitMs: number | undefined, clock: PipeClock): Promise<Value | undefined> {
  if (waitMs === undefined) return promise
  const timer = new AbortController()
  try {
    return await Promise.race([promise, pause(clock, waitMs, timer.signal).then(() => undefined)])
  } finally {
    timer.abort()
  }
}

function shorter(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : Math.min(one, other ?? one)
}
