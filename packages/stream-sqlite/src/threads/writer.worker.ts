import { workerData } from 'node:worker_threads'
import type { Append, Operation } from '@millrace/stream/local'
import { loadState } from '../load-state.ts'
import { openForWriting } from '../schema.ts'
import { StreamWriter } from '../stream-writer.ts'
import { serve } from './serve.ts'

let writer: StreamWriter | undefined

serve({
  open: () => {
    const database = openForWriting(String(workerData))
    writer = new StreamWriter(database)
    return { result: loadState(database) }
  },
  commit: (appends: readonly Append[], operations: readonly Operation[]) => {
    const answers = writer?.commit(appends, operations)
    // The chunks go back to where they came from: they are what readers at the tip get.
    return { result: { chunks: appends, answers }, transfer: appends.map((append) => append.bytes.buffer as ArrayBuffer) }
  },
  close: () => ({ result: writer?.close() }),
})
