import { Worker } from 'node:worker_threads'
import { NewerVersionError, StorageError, StorageFailedError } from '@millrace/stream'
import type { Answer, Call, Failure } from './protocol.ts'

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** A worker thread that owns a connection to the database. */
export class StorageThread {
  readonly #worker: Worker
  readonly #name: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #exited: Promise<void>
  #nextId = 0
  #closing = false
  #failure: StorageFailedError | undefined
  /** Resolves with the reason if the thread ends before it is closed. */
  readonly failed: Promise<StorageFailedError>
  #fail: (error: StorageFailedError) => void

  /** `path` is the database's. */
  constructor(name: string, script: URL, path: string) {
    const failed = Promise.withResolvers<StorageFailedError>()
    const exited = Promise.withResolvers<void>()
    this.failed = failed.promise
    this.#fail = failed.resolve
    this.#exited = exited.promise
    this.#name = name
    // Records live outside of the thread's heap; what is in it is small.
    const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4, stackSizeMb: 2 }
    this.#worker = new Worker(script, { name: `millrace ${name}`, workerData: path, resourceLimits })
    this.#worker.on('message', (answer: Answer) => this.#answered(answer))
    this.#worker.on('error', (error) => this.#died(`failed: ${error instanceof Error ? error.message : String(error)}`))
    this.#worker.on('exit', (code) => {
      this.#died(`ended with code ${code}`)
      exited.resolve()
    })
  }

  /** Runs a method in the thread. Rejects with `StorageError`, `StorageFailedError`, `NewerVersionError`. */
  call(method: string, args: readonly unknown[], transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const call: Call = { id: this.#nextId++, method, args }
    this.#waiting.set(call.id, { resolve, reject })
    this.#worker.postMessage(call, [...transfer])
    return promise
  }

  /** Lets the calls that were made be answered, closes the connection and ends the thread. */
  async close(): Promise<void> {
    this.#closing = true
    // A thread that died has nothing left to close.
    if (this.#failure === undefined) await this.call('close', []).catch(() => {})
    await this.#exited
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('result' in answer) waiting?.resolve(answer.result)
    else waiting?.reject(errorOf(answer.failure))
  }

  #died(how: string): void {
    if (this.#failure !== undefined) return
    this.#failure = new StorageFailedError(`The storage's ${this.#name} thread ${how}. Start Millrace again.`)
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure)
    this.#waiting.clear()
    if (!this.#closing) this.#fail(this.#failure)
  }
}

function errorOf(failure: Failure): Error {
  if (failure.kind === 'newer') return new NewerVersionError('The database of the streams', failure.found, failure.known)
  const message = `The storage of the streams says: ${failure.message}.`
  return failure.kind === 'storage' ? new StorageError(message) : new StorageFailedError(message)
}
