import { workerData } from 'node:worker_threads'
import type { DeadLetterQuery } from '@millrace/stream'
import { openForReading } from '../schema.ts'
import { StreamReader } from '../stream-reader.ts'
import { serve } from './serve.ts'

let opened: StreamReader | undefined

/** Opened by the first call: a database that cannot be opened at present is that call's failure, not the thread's end. */
function reader(): StreamReader {
  opened ??= new StreamReader(openForReading(String(workerData)))
  return opened
}

serve({
  readChunks: (shardKey: number, from: number, bytesMax: number) => {
    const result = reader().readChunks(shardKey, from, bytesMax)
    return { result, transfer: result.chunks.map((chunk) => chunk.bytes.buffer as ArrayBuffer) }
  },
  positionAt: (shardKey: number, timestamp: number) => ({ result: reader().positionAt(shardKey, timestamp) }),
  timestampAt: (shardKey: number, position: number) => ({ result: reader().timestampAt(shardKey, position) }),
  listDeadLetters: (query: DeadLetterQuery) => ({ result: reader().listDeadLetters(query) }),
  getDeadLetter: (id: string) => ({ result: reader().getDeadLetter(id) }),
  countDeadLetters: () => ({ result: reader().countDeadLetters() }),
  close: () => ({ result: opened?.close() }),
})
