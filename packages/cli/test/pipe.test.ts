import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { seededRandom, temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { PipeServer, type Behaviour } from './pipe-server.ts'
import { collector, numbered, startPipe, textOf } from './pipe-run.ts'

const error = (code: string, message: string): object => ({ error: { code, message, retryable: false } })

describe('pipe', () => {
  it('brings every line to the server once, and says so', async () => {
    await using server = await PipeServer.start()
    const lines = numbered(12_345)
    const { summary, messages } = startPipe(server.url, textOf(lines), { service: 'shop', host: 'web-1' })
    expect(await summary).toMatchObject({ complete: true, linesRead: 12_345, acceptedLines: 12_345, acceptedRecords: 12_345 })
    expect(server.lines.toSorted()).toEqual(lines.toSorted())
    expect(server.authorization).toBe('Bearer secret-key')
    expect([...server.records.values()][0]?.headers).toMatchObject({ service: 'shop', host: 'web-1' })
    expect(messages.text).toMatch(/^12,345 lines \(\d+\.\d kB\) accepted in \d+\.\d s; 0 refused\n$/)
  })

  it('lets a single line go while the input is open', async () => {
    await using server = await PipeServer.start()
    const stdin = new PassThrough()
    const { summary } = startPipe(server.url, stdin)
    stdin.write('one line\n')
    await server.until(() => server.lines.length === 1)
    stdin.end('an unfinished one')
    expect(await summary).toMatchObject({ complete: true, acceptedLines: 2 })
    expect(server.lines).toEqual(['one line', 'an unfinished one'])
  })

  it('counts joined lines as lines, and no empty ones', async () => {
    await using server = await PipeServer.start()
    const { summary, messages } = startPipe(server.url, 'a\n\nError: x\n    at b (c.js:1:1)\n')
    expect(await summary).toMatchObject({ complete: true, linesRead: 3, emptyLines: 1, acceptedRecords: 2 })
    expect(messages.text).toContain('3 lines (2 records, ')
  })

  it('has nothing to do with empty input', async () => {
    await using server = await PipeServer.start()
    expect(await startPipe(server.url, '').summary).toMatchObject({ complete: true, linesRead: 0 })
    expect(server.requests).toBe(0)
  })

  it.each([1, 2, 3, 4, 5])('loses and doubles nothing on a bad connection (seed %i)', async (seed) => {
    await using server = await PipeServer.start()
    await using directory = await temporaryDirectory()
    const random = seededRandom(seed)
    const faults: readonly Behaviour[] = [
      'lose',
      'reset',
      { partly: true },
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503 },
      { status: 502, body: 'not JSON' },
    ]
    server.behave = (records) => {
      if (records.length > 200) return { status: 413, body: error('body-too-large', 'too large') }
      return random() < 0.5 ? 'accept' : (faults[Math.floor(random() * faults.length)] as Behaviour)
    }
    const lines = numbered(5_000)
    const options = { batchRecordsMax: 300, spoolDirectory: directory.path, spoolSegmentBytesMax: 20_000 }
    expect(await startPipe(server.url, textOf(lines), options).summary).toMatchObject({
      complete: true,
      acceptedLines: 5_000,
      unsentLines: 0,
    })
    expect(server.lines.toSorted()).toEqual(lines.toSorted())
  })

  it.each([
    [401, 'unauthorized', 'No key was given.'],
    [403, 'forbidden', 'The host is not allowed.'],
    [404, 'unknown-stream', 'No stream is called "logs".'],
  ])('ends at an answer of %i with what the server says', async (status, code, message) => {
    await using server = await PipeServer.start()
    await using directory = await temporaryDirectory()
    server.behave = () => ({ status, body: error(code, message) })
    const stdin = new PassThrough()
    const { summary, messages } = startPipe(server.url, stdin, { spoolDirectory: directory.path })
    stdin.write('{"a":1}\n')
    expect(await summary).toMatchObject({ complete: false, acceptedLines: 0, spooledRecords: 0, errors: [message] })
    expect(messages.text).toContain(message)
    expect(messages.text).toMatch(/\d lines? (was|were) read and neither accepted nor spooled/)
  })

  it('tells which lines the server refuses, and delivers the others', async () => {
    await using server = await PipeServer.start()
    server.behave = (records) =>
      records.some(({ data }) => data.byteLength > 100)
        ? { status: 413, body: error('body-too-large', 'A record is over 100 bytes.') }
        : 'accept'
    const { summary, messages } = startPipe(server.url, textOf(['a', 'b'.repeat(101), 'c']))
    expect(await summary).toMatchObject({ complete: false, acceptedLines: 2, refusedLines: 1 })
    expect(messages.text).toContain('refused: A record is over 100 bytes.')
    expect(server.lines.toSorted()).toEqual(['a', 'c'])
  })

  it('keeps the order of a source, with one key, when that is asked for', async () => {
    await using server = await PipeServer.start()
    let request = 0
    server.behave = () => (request++ % 3 === 1 ? 'lose' : 'accept')
    const lines = numbered(2_000)
    await startPipe(server.url, textOf(lines), { ordered: true, batchRecordsMax: 100, host: 'web-1' }).summary
    expect(server.lines).toEqual(lines)
    expect(new Set([...server.records.values()].map(({ partitionKey }) => partitionKey))).toEqual(new Set(['web-1:stdin']))
  })

  it('spreads a source over many keys otherwise', async () => {
    await using server = await PipeServer.start()
    await startPipe(server.url, textOf(numbered(1_000)), { batchRecordsMax: 100 }).summary
    expect(new Set([...server.records.values()].map(({ partitionKey }) => partitionKey)).size).toBe(10)
  })

  it('reads files one after the other, and names those that it cannot read', async () => {
    await using server = await PipeServer.start()
    await using directory = await temporaryDirectory()
    const [one, two, missing] = ['one.log', 'two.log', 'missing.log'].map((name) => join(directory.path, name)) as [string, string, string]
    await writeFile(one, 'a\nb')
    await writeFile(two, 'c\n')
    const { summary, messages } = startPipe(server.url, '', { files: [one, missing, two] })
    expect(await summary).toMatchObject({ complete: false, acceptedLines: 3 })
    expect(messages.text).toContain(`${missing} was not read to its end: ENOENT`)
    expect([...server.records.values()].map(({ headers }) => headers?.path ?? '').toSorted()).toEqual([one, one, two])
  })

  it('copies its input unchanged, at the pace of the one who reads it', async () => {
    await using server = await PipeServer.start()
    const output = collector()
    const input = `${textOf(numbered(2_000))}\r\n\n\0 no end`
    expect(await startPipe(server.url, input, { tee: true }, { stdout: output.stream }).summary).toMatchObject({ complete: true })
    expect(output.text()).toBe(input)
  })

  it('goes on when the reader of the copy has gone', async () => {
    await using server = await PipeServer.start()
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })) })
    expect(await startPipe(server.url, textOf(numbered(500)), { tee: true }, { stdout }).summary).toMatchObject({ complete: true })
    expect(server.lines.length).toBe(500)
  })

  it('delivers what it has read when it is interrupted', async () => {
    await using server = await PipeServer.start()
    const stdin = new PassThrough()
    const stopping = new AbortController()
    const { summary } = startPipe(server.url, stdin, {}, { signal: stopping.signal })
    stdin.write('{"first":1}\nsecond')
    await server.until(() => server.lines.length === 1)
    stopping.abort()
    expect(await summary).toMatchObject({ complete: false, acceptedLines: 2 })
    expect(server.lines).toEqual(['{"first":1}', 'second'])
  })
})
