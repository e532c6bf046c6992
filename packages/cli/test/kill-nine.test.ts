import { once } from 'node:events'
import { seededRandom, temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { MillraceProcess, Server } from './support/millrace-process.ts'

const lineCount = 100_000
const kills = 10
const seed = Number(process.env.MILLRACE_TEST_SEED ?? 20_261_121)

describe('kill -9 of the server in the middle of a pipe', () => {
  it(`loses and doubles none of ${lineCount} lines in ${kills} kills (seed ${seed})`, async () => {
    await using directory = await temporaryDirectory()
    const random = seededRandom(seed)
    let server = await Server.start(directory.path)
    const port = new URL(server.url).port
    await using pipe = new MillraceProcess(['pipe', '--to', server.url, '--spool', `${directory.path}/spool`, '--wait', '60'])
    const feeding = feed(pipe)
    for (let kill = 0; kill < kills; kill++) {
      // Random moments: after some more documents, so that each kill meets work under way however fast the machine is.
      await reached(server, Math.floor(((kill + random()) / kills) * lineCount * 0.9))
      await server.kill()
      server = await Server.start(directory.path, ['--port', port])
    }
    await feeding
    const piped = await pipe.finished
    expect(piped.code, piped.stderr).toBe(0)
    const stats = await server.settled()
    expect(stats.deadLetters).toBe(0)
    expect(stats.index.documents).toBe(lineCount)
    // As many documents as lines could still be one lost and one doubled: each line has a number, and each is asked for.
    const { aggregations } = await server.post<{ aggregations: { runs: { key: number; count: number }[] } }>('/search', {
      size: 0,
      aggregations: { runs: { type: 'terms', field: 'labels.block', size: 1000 } },
    })
    expect(aggregations.runs).toHaveLength(100)
    expect(aggregations.runs.every((bucket) => bucket.count === lineCount / 100)).toBe(true)
    const [block] = aggregations.runs
    const { hits } = await server.post<{ hits: { source: string }[] }>('/search', { query: `labels.block:${block?.key}`, size: 2_000 })
    const numbers = new Set(hits.map((hit) => (JSON.parse(hit.source) as { message: string }).message))
    expect(numbers.size).toBe(lineCount / 100)
    const ended = await server.kill('SIGTERM')
    expect(ended.code).toBe(0)
  }, 300_000)
})

async function feed(pipe: MillraceProcess): Promise<void> {
  for (let from = 0; from < lineCount; from += 1_000) {
    let text = ''
    for (let line = from; line < from + 1_000; line++) {
      text += `{"time":"2026-11-21T09:00:00.${String(line % 1000).padStart(3, '0')}Z","level":"info","msg":"line ${line}","labels":{"block":"${Math.floor(line / 1000)}"}}\n`
    }
    if (!pipe.child.stdin.write(text)) await once(pipe.child.stdin, 'drain')
  }
  pipe.child.stdin.end()
}

/** Resolves when the server has so many documents. */
async function reached(server: Server, documents: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${server.url}/stats`)
    const stats = (await response.json()) as { index: { documents: number } }
    if (stats.index.documents >= documents) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
