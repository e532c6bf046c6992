import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { IndexClosedError } from '@millrace/log-index'
import type { LogDocument } from '@millrace/log-index'
import { describe, expect, it } from 'vitest'
import type { BulkMessage, WriterMessage } from './protocol.ts'
import { connectSqliteLogSink } from './sink.ts'

const documents: LogDocument[] = ['a-1', 'a-2', 'a-3'].map((id, at) => ({
  id,
  dataStream: 'logs-generic-default',
  timestamp: [0, Date.UTC(2026, 10, 21), 1][at] as number,
  source: '{}',
}))

function connected(pendingBytesMax = 1_000_000): {
  readonly writer: MessagePort
  readonly sink: ReturnType<typeof connectSqliteLogSink>
  readonly pendingBytes: Int32Array
} {
  const { port1, port2 } = new MessageChannel()
  const pendingBytes = new SharedArrayBuffer(4)
  port1.postMessage({ type: 'hello', pendingBytes, pendingBytesMax } satisfies WriterMessage)
  return { writer: port1, sink: connectSqliteLogSink(port2), pendingBytes: new Int32Array(pendingBytes) }
}

async function received(writer: MessagePort): Promise<BulkMessage> {
  const [message] = (await once(writer, 'message')) as [BulkMessage]
  return message
}

describe('A sink', () => {
  it('puts the answers of blocks back in the order of the documents', async () => {
    const { writer, sink } = connected()
    const outcomes = sink.bulk(documents)
    const { bulk, blocks } = await received(writer)
    expect(blocks.map(({ day, count }) => [day, count])).toEqual([
      ['other', 2],
      ['2026-11-21', 1],
    ])
    const retry = { status: 'retry', cause: 'overload', reason: 'The disk is full.' } as const
    writer.postMessage({
      type: 'answer',
      bulk,
      blocks: [
        { written: true, existing: [1] },
        { written: false, outcome: retry },
      ],
    } satisfies WriterMessage)
    expect(await outcomes).toEqual([{ status: 'created' }, retry, { status: 'exists' }])
    writer.close()
  })

  it('answers retry for all that is under way when the writer is gone, and from then on', async () => {
    const { writer, sink } = connected()
    const outcomes = sink.bulk(documents)
    await received(writer)
    writer.close()
    const retry = { status: 'retry', cause: 'error', afterMs: expect.any(Number) as number }
    expect(await outcomes).toMatchObject([retry, retry, retry])
    expect(await sink.bulk(documents)).toMatchObject([retry, retry, retry])
  })

  it('never waits for a writer that is gone before it said anything', async () => {
    const { port1, port2 } = new MessageChannel()
    const outcomes = connectSqliteLogSink(port2).bulk(documents.slice(0, 1))
    port1.close()
    expect(await outcomes).toMatchObject([{ status: 'retry', cause: 'error' }])
  })

  it('refuses what does not fit beside what waits, and gives the room back', async () => {
    const { writer, sink, pendingBytes } = connected(100)
    const first = sink.bulk(documents)
    const { bulk, bytes } = await received(writer)
    expect(pendingBytes[0]).toBe(bytes.byteLength)
    expect(await sink.bulk(documents)).toMatchObject(documents.map(() => ({ status: 'retry', cause: 'overload' })))
    expect(pendingBytes[0]).toBe(bytes.byteLength)
    writer.postMessage({ type: 'answer', bulk, blocks: [{ written: true }, { written: true }] } satisfies WriterMessage)
    expect(await first).toEqual(documents.map(() => ({ status: 'created' })))
    writer.close()
  })

  it('stops waiting when it is aborted, and refuses once the index is closed', async () => {
    const { writer, sink } = connected()
    const controller = new AbortController()
    const aborted = sink.bulk(documents, controller.signal)
    const pending = sink.bulk(documents)
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    writer.postMessage({ type: 'closed' } satisfies WriterMessage)
    await expect(pending).rejects.toThrow(IndexClosedError)
    await expect(sink.bulk(documents)).rejects.toThrow(IndexClosedError)
  })
})
