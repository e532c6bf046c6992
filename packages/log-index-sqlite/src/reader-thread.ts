import { parentPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { DocumentName, FoundDocument, IndexStats, Query, SearchRequest, SearchResult } from '@millrace/log-index'
import { Reader } from './reader.ts'
import type { ReaderOptions } from './reader.ts'

export type ReaderCommand =
  /** `aborted` holds one 32-bit number, which becomes 1 when nobody wants the result any more. */
  | {
      readonly type: 'search'
      readonly call: number
      readonly query: Query
      readonly request: SearchRequest
      readonly now: number
      readonly aborted: SharedArrayBuffer
    }
  | { readonly type: 'lookUp'; readonly call: number; readonly names: readonly DocumentName[]; readonly aborted: SharedArrayBuffer }
  | { readonly type: 'stats'; readonly call: number }
  | { readonly type: 'close' }

export type ReaderResult = SearchResult | IndexStats | readonly (FoundDocument | undefined)[]

export type ReaderAnswer =
  | { readonly call: number; readonly result: ReaderResult }
  | { readonly call: number; readonly error: { readonly name: string; readonly message: string } }

const main = parentPort as MessagePort
const reader = new Reader(workerData as ReaderOptions)

function answer(command: Exclude<ReaderCommand, { type: 'close' }>): ReaderAnswer {
  const { call } = command
  try {
    if (command.type === 'stats') return { call, result: reader.stats() }
    const aborted = new Int32Array(command.aborted)
    const isAborted = (): boolean => Atomics.load(aborted, 0) !== 0
    if (command.type === 'lookUp') return { call, result: reader.lookUp(command.names, isAborted) }
    return { call, result: reader.search(command.query, command.request, command.now, isAborted) }
  } catch (error) {
    const { name, message } = error as Error
    return { call, error: { name, message } }
  }
}

main.on('message', (command: ReaderCommand) => {
  if (command.type !== 'close') {
    const result = answer(command)
    main.postMessage(result)
    return
  }
  reader.close()
  main.close()
})
