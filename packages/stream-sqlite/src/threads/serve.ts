import { type MessagePort, parentPort } from 'node:worker_threads'
import { NewerSchema, schemaVersion } from '../schema.ts'
import type { Call, Failure } from './protocol.ts'

/** A method answers its result, and which buffers of it are handed over instead of copied. */
export interface Served {
  readonly result: unknown
  readonly transfer?: readonly ArrayBuffer[]
}

export type Methods = Readonly<Record<string, (...args: never[]) => Served>>

/** Answers the calls that come to this thread, one after the other. `close` among them ends the thread when it is answered. */
export function serve(methods: Methods): void {
  const port = parentPort as MessagePort
  port.on('message', ({ id, method, args }: Call) => {
    try {
      const { result, transfer = [] } = (methods[method] as (...args: readonly unknown[]) => Served)(...args)
      port.postMessage({ id, result }, [...transfer])
    } catch (error) {
      port.postMessage({ id, failure: failureOf(error) })
    }
    if (method === 'close') port.close()
  })
}

/** SQLite's primary result codes for what may pass: busy, read-only, I/O error, full, cannot open. https://www.sqlite.org/rescode.html */
const passing = new Set([5, 8, 10, 13, 14])

function failureOf(error: unknown): Failure {
  if (error instanceof NewerSchema) return { kind: 'newer', found: error.found, known: schemaVersion }
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
  return { kind: code !== undefined && passing.has(code) ? 'storage' : 'internal', message }
}
