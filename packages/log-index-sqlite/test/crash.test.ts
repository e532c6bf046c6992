import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { openSqliteLogIndex } from '../src/index.ts'
import { noon, someDocuments } from './documents.ts'

const bulkSize = 200

/** Runs the writing process until it has told of so many bulks, then kills it. Answers the bulks' first numbers. */
async function writeAndKill(directory: string, bulks: number): Promise<number[]> {
  const child = spawn(process.execPath, [`${import.meta.dirname}/fixtures/write-until-killed.ts`, directory, String(bulkSize)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const answered: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    answered.push(Number(line))
    if (answered.length === bulks) child.kill('SIGKILL')
  }
  return answered
}

describe('The embedded index, when its process is killed', () => {
  it.each([1, 7, 40])('has every answered document once, after %i bulks', async (bulks) => {
    await using directory = await temporaryDirectory()
    const answered = await writeAndKill(directory.path, bulks)
    const index = await openSqliteLogIndex({ directory: directory.path })
    const { hits } = await index.search({ size: 10_000, query: '"line 0"' })
    expect(hits.map(({ id }) => id)).toEqual(answered.includes(0) ? ['k-0'] : hits.map(({ id }) => id))
    const before = (await index.stats()).documents
    let existing = 0
    for (const first of answered) {
      const again = Array.from({ length: bulkSize }, (_, at) => {
        const number = first + at
        const timestamp = Date.UTC(2026, 10, 20 + (number % 3)) + number
        return { id: `k-${number.toString(36)}`, dataStream: 'logs-generic-default', timestamp, source: '{}' }
      })
      existing += (await index.bulk(again)).filter(({ status }) => status === 'exists').length
    }
    expect(existing).toBe(answered.length * bulkSize)
    expect((await index.stats()).documents).toBe(before)
    const { total } = await index.search({ size: 0, query: 'line', trackTotal: true })
    expect(total).toBe(before)
    await index.close()
  })
})

describe('A sink in another thread', () => {
  it('writes, knows repeats, and hears that the index was closed', async () => {
    await using directory = await temporaryDirectory()
    const index = await openSqliteLogIndex({ directory: directory.path })
    const port = index.sinkPort()
    const worker = new Worker(`${import.meta.dirname}/fixtures/sink-thread.ts`, { workerData: { port }, transferList: [port] })
    const send = (documents: unknown): Promise<unknown> => {
      worker.postMessage(documents)
      return new Promise((resolve) => worker.once('message', resolve))
    }
    const documents = someDocuments('t', 300)
    expect(await send(documents)).toEqual(documents.map(() => ({ status: 'created' })))
    expect(await send(documents.slice(0, 2))).toEqual([{ status: 'exists' }, { status: 'exists' }])
    expect((await index.search({ size: 0, from: noon, trackTotal: true })).total).toBe(300)
    await index.close()
    expect(await send(documents)).toBe('IndexClosedError')
    await worker.terminate()
  })
})
