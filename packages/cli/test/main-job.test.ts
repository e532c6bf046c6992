import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { millrace, Server } from './support/millrace-process.ts'

const accessLine = (index: number): string =>
  `10.0.0.${index % 250} - - [21/Nov/2026:09:${String(index % 60).padStart(2, '0')}:00 +0000] "GET /item/${index} HTTP/1.1" ${index % 10 === 0 ? 500 : 200} ${index} "-" "curl/8"`

describe('logs in, documents out', () => {
  it('finds what was piped to a running server, by its fields, and accounts for every line', async () => {
    await using directory = await temporaryDirectory()
    await using server = await Server.start(directory.path)
    const lines = Array.from({ length: 1_000 }, (_, index) => accessLine(index))
    const piped = await millrace(['pipe', '--to', server.url, '--service', 'shop'], `${lines.join('\n')}\n`)
    expect(piped).toMatchObject({ code: 0, stdout: '' })
    expect(piped.stderr).toContain('1,000 lines')
    const stats = await server.settled()
    expect(stats.index.documents).toBe(1_000)
    const [mapping] = stats.mappings
    expect(mapping?.records).toMatchObject({ received: 1_000, settled: 1_000, deadLettered: 0, inFlight: 0 })
    expect(await server.count('http.response.status_code >= 500 and service.name:shop')).toBe(100)

    const found = await millrace(['search', 'url.path:"/item/7"', '--json', '--to', server.url])
    expect(JSON.parse(found.stdout)).toMatchObject({
      '@timestamp': '2026-11-21T09:07:00.000Z',
      service: { name: 'shop' },
      http: { request: { method: 'GET' }, response: { status_code: 200, body: { bytes: 7 } } },
      url: { path: '/item/7' },
      source: { ip: '10.0.0.7' },
    })
    expect((await millrace(['search', 'status_code:oops OR', '--to', server.url])).stderr).toMatch(/^millrace: .*/)
  })

  it('works without a server: pipe handles the lines itself, search finds them', async () => {
    await using directory = await temporaryDirectory()
    const file = join(directory.path, 'app.log')
    const data = join(directory.path, 'data')
    await writeFile(file, '{"level":30,"time":1763715600000,"msg":"started","pid":7,"hostname":"web"}\nplain words\n')
    const piped = await millrace(['pipe', file, '--data', data], '', { MILLRACE_URL: '' })
    expect(piped).toMatchObject({ code: 0 })
    expect(piped.stderr).toContain(data)
    const found = await millrace(['search', 'started', '--data', data, '--json'])
    expect(JSON.parse(found.stdout)).toMatchObject({ message: 'started', log: { level: 'info' }, process: { pid: 7 } })
    expect((await millrace(['search', '--count', '--data', data])).stdout).toBe('2\n')
  })

  it('joins a stack trace to one document, through pipe and through ingest', async () => {
    await using directory = await temporaryDirectory()
    await using server = await Server.start(directory.path)
    const trace = (name: string): string =>
      `Exception in thread "main" java.lang.IllegalStateException: ${name}\n\tat com.example.App.run(App.java:12)\n\tat com.example.App.main(App.java:5)\nCaused by: java.io.IOException: disk\n\t... 2 more\n`
    await millrace(['pipe', '--to', server.url], trace('piped'))
    const answer = await fetch(`${server.url}/ingest/logs`, { method: 'POST', body: trace('posted') })
    expect(await answer.json()).toEqual({ accepted: 1 })
    await server.settled()
    const { hits } = await server.post<{ hits: { source: string }[] }>('/search', { query: 'error.type:java.lang.IllegalStateException' })
    expect(hits.map((hit) => (JSON.parse(hit.source) as { error: { message: string } }).error.message).sort()).toEqual(['piped', 'posted'])
  })
})
