import type { MessagePort } from 'node:worker_threads'
import { allDocuments, IndexClosedError } from '@millrace/log-index'
import type { DocumentOutcome, LogDocuments, LogSink } from '@millrace/log-index'
import type { EncodedBulk } from './encode-bulk.ts'
import { encodeBulk } from './encode-bulk.ts'
import type { BlockAnswer, BulkMessage, WriterMessage } from './protocol.ts'

/** What a sink asks for when the writer has enough to do. */
const overloadAfterMs = 100

const created: DocumentOutcome = Object.freeze({ status: 'created' })
const exists: DocumentOutcome = Object.freeze({ status: 'exists' })

/**
 * The writing side of an embedded index in another thread: `port` comes from `SqliteLogIndex.sinkPort()` there. Bulks are packed in the calling
 * thread and go straight to the writer's. A port that nothing waits for does not keep its thread alive.
 */
export function connectSqliteLogSink(port: MessagePort): LogSink {
  return new SqliteLogSink(port)
}

interface Waiting {
  readonly encoded: EncodedBulk
  readonly count: number
  readonly settle: (outcomes: readonly DocumentOutcome[]) => void
  readonly fail: (reason: unknown) => void
}

class SqliteLogSink implements LogSink {
  readonly #port: MessagePort
  readonly #waiting = new Map<number, Waiting>()
  readonly #opened = Promise.withResolvers<void>()
  #hello: Extract<WriterMessage, { type: 'hello' }> | undefined
  #nextBulk = 0
  #state: 'open' | 'closed' | 'lost' = 'open'

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', (message: WriterMessage) => this.#receive(message))
    port.once('close', () => this.#end('lost'))
    port.unref()
  }

  async bulk(documents: LogDocuments, signal?: AbortSignal): Promise<readonly DocumentOutcome[]> {
    signal?.throwIfAborted()
    if (this.#state === 'closed') throw new IndexClosedError()
    if (documents.length === 0) return []
    if (this.#hello === undefined) await this.#greeting(signal)
    if (this.#state !== 'open' || this.#hello === undefined) return this.#refused(documents.length)
    const encoded = encodeBulk(allDocuments(documents))
    const bytes = encoded.bytes.byteLength
    if (encoded.blocks.length === 0) return outcomesOf(encoded, documents.length, [])
    if (!reserve(this.#hello, bytes)) {
      const reason = `The index has ${this.#hello.pendingBytesMax} bytes waiting to be written.`
      const outcome: DocumentOutcome = { status: 'retry', cause: 'overload', reason, afterMs: overloadAfterMs }
      return outcomesOf(
        encoded,
        documents.length,
        encoded.blocks.map(() => ({ written: false, outcome })),
      )
    }
    return this.#send(encoded, documents.length, signal)
  }

  async #greeting(signal: AbortSignal | undefined): Promise<void> {
    this.#port.ref()
    const aborted = Promise.withResolvers<never>()
    const abort = (): void => aborted.reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      await Promise.race([this.#opened.promise, aborted.promise])
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  #send(encoded: EncodedBulk, count: number, signal: AbortSignal | undefined): Promise<readonly DocumentOutcome[]> {
    const bulk = this.#nextBulk++
    const { promise, resolve, reject } = Promise.withResolvers<readonly DocumentOutcome[]>()
    const abort = (): void => {
      this.#forget(bulk)
      reject(signal?.reason)
    }
    const done = (): void => signal?.removeEventListener('abort', abort)
    this.#waiting.set(bulk, {
      encoded,
      count,
      settle: (outcomes) => {
        done()
        resolve(outcomes)
      },
      fail: (reason) => {
        done()
        reject(reason)
      },
    })
    signal?.addEventListener('abort', abort, { once: true })
    this.#port.ref()
    const message: BulkMessage = { bulk, blocks: encoded.blocks, bytes: encoded.bytes }
    this.#port.postMessage(message, [encoded.bytes.buffer])
    return promise
  }

  #receive(message: WriterMessage): void {
    if (message.type === 'hello') {
      this.#hello = message
      this.#opened.resolve()
      if (this.#waiting.size === 0) this.#port.unref()
    } else if (message.type === 'closed') {
      this.#end('closed')
    } else {
      const waiting = this.#forget(message.bulk)
      waiting?.settle(outcomesOf(waiting.encoded, waiting.count, message.blocks))
    }
  }

  #forget(bulk: number): Waiting | undefined {
    const waiting = this.#waiting.get(bulk)
    this.#waiting.delete(bulk)
    if (this.#waiting.size === 0) this.#port.unref()
    return waiting
  }

  #end(state: 'closed' | 'lost'): void {
    if (this.#state !== 'open') return
    this.#state = state
    this.#opened.resolve()
    for (const bulk of this.#waiting.keys()) {
      const waiting = this.#forget(bulk)
      if (state === 'closed') waiting?.fail(new IndexClosedError())
      else waiting?.settle(this.#refused(waiting.count))
    }
    this.#port.close()
  }

  #refused(count: number): readonly DocumentOutcome[] {
    if (this.#state === 'closed') throw new IndexClosedError()
    const reason = 'The thread that writes the index has ended unexpectedly.'
    return Array.from({ length: count }, () => ({ status: 'retry', cause: 'error', reason, afterMs: 1_000 }) satisfies DocumentOutcome)
  }
}

/** Takes room for a bulk; one bulk may always be under way, however large. */
function reserve(hello: { readonly pendingBytes: SharedArrayBuffer; readonly pendingBytesMax: number }, bytes: number): boolean {
  const counter = new Int32Array(hello.pendingBytes)
  const before = Atomics.add(counter, 0, bytes)
  if (before === 0 || before + bytes <= hello.pendingBytesMax) return true
  Atomics.sub(counter, 0, bytes)
  return false
}

function outcomesOf(encoded: EncodedBulk, count: number, answers: readonly BlockAnswer[]): readonly DocumentOutcome[] {
  const outcomes = Array.from({ length: count }, () => created)
  for (const [place, outcome] of encoded.rejected) outcomes[place] = outcome
  answers.forEach((answer, index) => {
    const places = encoded.places[index] ?? []
    if (!answer.written) for (const place of places) outcomes[place] = answer.outcome
    else if (answer.existing !== undefined) for (const at of answer.existing) outcomes[places[at] as number] = exists
  })
  return outcomes
}
