import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { NewerVersionError } from '@millrace/stream'
import { seededRandom, temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { PipeBatch } from '../src/pipe/pipe-batch.ts'
import { claimSpool } from '../src/pipe/spool-claim.ts'
import { Spool } from '../src/pipe/spool.ts'
import { PipeServer } from './pipe-server.ts'
import { numbered, startPipe, textOf } from './pipe-run.ts'

async function segmentsBelow(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true })
  return names
    .filter((name) => name.endsWith('.spool'))
    .toSorted()
    .map((name) => join(directory, name))
}

describe('pipe, while the server is away', () => {
  it('spools, says so once, and sends all of it when the server is back', async () => {
    await using server = await PipeServer.start()
    await using directory = await temporaryDirectory()
    await server.close()
    const lines = numbered(3_000)
    const stdin = new PassThrough()
    const { summary, messages } = startPipe(server.url, stdin, {
      spoolDirectory: directory.path,
      batchRecordsMax: 100,
      spoolSegmentBytesMax: 3_000,
    })
    stdin.write(textOf(lines.slice(0, 2_000)))
    await messages.until('spooling to ')
    await server.listen()
    await server.until(() => server.lines.length >= 1_000)
    stdin.end(textOf(lines.slice(2_000)))
    expect(await summary).toMatchObject({ complete: true, acceptedLines: 3_000, spooledRecords: 0 })
    expect(server.lines.toSorted()).toEqual(lines.toSorted())
    expect(messages.text.match(/is away/g)).toHaveLength(1)
    expect(messages.text).toMatch(/is back: [\d,]+ records sent from the spool/)
    expect(await segmentsBelow(directory.path)).toEqual([])
  })

  it('keeps what it cannot send, and the next pipe sends that first', async () => {
    await using server = await PipeServer.start()
    await using directory = await temporaryDirectory()
    await server.close()
    const first = startPipe(server.url, textOf(numbered(1_000, 'old')), { spoolDirectory: directory.path, waitMs: 0, ordered: true })
    expect(await first.summary).toMatchObject({ complete: false, acceptedLines: 0, spooledRecords: 1_000, unsentLines: 0 })
    expect(first.messages.text).toMatch(/1,000 records are in the spool .*: the next "millrace pipe" to the same server sends them/)
    // The pipe was this very process, which lives: its spool has to look as that of one that died.
    await renameOwner(directory.path)
    await server.listen()
    const second = startPipe(server.url, textOf(numbered(10, 'new')), { spoolDirectory: directory.path, ordered: true })
    expect(await second.summary).toMatchObject({ complete: true, acceptedLines: 10, earlierAcceptedRecords: 1_000, spooledRecords: 0 })
    expect(second.messages.text).toContain('1,000 records from an earlier run')
    expect(server.lines).toEqual([...numbered(1_000, 'old'), ...numbered(10, 'new')])
  })

  it('holds the input up when the spool is full', async () => {
    await using server = await PipeServer.start()
    await using directory = await temporaryDirectory()
    await server.close()
    const stdin = new PassThrough({ highWaterMark: 1_000 })
    const lines = numbered(2_000)
    const limits = { spoolBytesMax: 10_000, batchRecordsMax: 50, requestsInFlightMax: 2 }
    const { summary, messages } = startPipe(server.url, stdin, { spoolDirectory: directory.path, ...limits })
    let written = 0
    const writing = (async () => {
      for (const line of lines) {
        written++
        if (!stdin.write(`${line}\n`)) await once(stdin, 'drain')
      }
      stdin.end()
    })()
    await messages.until('spooling to ')
    await spooled(directory.path, 150)
    // What the spool, the requests and the buffers hold; never all of it, however long it takes.
    expect(written).toBeLessThan(1_000)
    await server.listen()
    await writing
    expect(await summary).toMatchObject({ complete: true, acceptedLines: 2_000 })
    expect(server.lines.toSorted()).toEqual(lines.toSorted())
  })

  it('holds the input up when the disk is full, and loses nothing', async (context) => {
    await using server = await PipeServer.start()
    await using directory = await temporaryDirectory()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory.path], { stdio: 'ignore' })
    } catch {
      context.skip('No tmpfs can be mounted here: that takes root.')
    }
    try {
      await server.close()
      const lines = numbered(20_000)
      const limits = { batchRecordsMax: 300, retryDelayMs: 200, retryDelayMsMax: 200 }
      const { summary, messages } = startPipe(server.url, textOf(lines), { spoolDirectory: directory.path, ...limits })
      await messages.until('spooling to ')
      await spooled(directory.path, 5_000)
      await server.listen()
      expect(await summary).toMatchObject({ complete: true, acceptedLines: 20_000 })
      expect(server.lines.toSorted()).toEqual(lines.toSorted())
      expect(messages.text).not.toContain('damaged')
    } finally {
      execFileSync('umount', [directory.path])
    }
  })

  it('does not touch the spool of a pipe that lives', async () => {
    await using server = await PipeServer.start()
    await using directory = await temporaryDirectory()
    await server.close()
    const child = startChild(server.url, directory.path)
    child.stdin.write(textOf(numbered(100, 'child')))
    await child.until('spooling to ')
    const other = startPipe(server.url, textOf(numbered(100, 'other')), { spoolDirectory: directory.path, waitMs: 0 })
    expect(await other.summary).toMatchObject({ spooledRecords: 100 })
    await server.listen()
    child.stdin.end()
    expect(await child.exitCode).toBe(0)
    expect(server.lines.toSorted()).toEqual(numbered(100, 'child').toSorted())
  })

  it.each([1, 2, 3])('loses nothing that was spooled when it is killed (seed %i)', async (seed) => {
    await using server = await PipeServer.start()
    await using directory = await temporaryDirectory()
    const random = seededRandom(seed)
    const lines = numbered(600)
    await server.close()
    const child = startChild(server.url, directory.path)
    child.stdin.write(textOf(lines))
    await child.until('spooling to ')
    await spooled(directory.path, lines.length)
    // In the middle of emptying it: some were sent, and of one the answer may have been lost.
    server.behave = () => (random() < 0.3 ? 'lose' : 'accept')
    const sentBeforeKill = Math.floor(random() * 400)
    await server.listen()
    await server.until(() => server.lines.length > sentBeforeKill)
    child.kill('SIGKILL')
    await child.exitCode
    const next = startPipe(server.url, textOf(['after']), { spoolDirectory: directory.path })
    expect(await next.summary).toMatchObject({ complete: true, spooledRecords: 0 })
    expect(server.lines.toSorted()).toEqual([...lines, 'after'].toSorted())
  })
})

describe('Spool', () => {
  const options = { spoolBytesMax: 1_000_000, segmentBytesMax: 1_000, notice: () => {} }
  const batch = (...lines: string[]): PipeBatch => PipeBatch.of(lines.map((line) => ({ data: Buffer.from(line), partitionKey: 'k' })))
  const linesOf = (found: PipeBatch | undefined): string[] | undefined => found?.records.map(({ data }) => Buffer.from(data).toString())

  it('gives batches back in order, across segments and openings', async () => {
    await using directory = await temporaryDirectory()
    const spool = await Spool.open(directory.path, options)
    for (let index = 0; index < 50; index++) await spool.append(batch(`${index} ${'x'.repeat(100)}`))
    for (let index = 0; index < 20; index++) {
      await spool.first()
      await spool.shift()
    }
    await spool.close()
    const again = await Spool.open(directory.path, options)
    expect(again.records).toBe(30)
    await again.append(batch('last'))
    const found: string[] = []
    for (let next = await again.first(); next !== undefined; next = await again.first()) {
      found.push(...(linesOf(next) ?? []))
      await again.shift()
    }
    expect(found).toEqual([...Array.from({ length: 30 }, (_, index) => `${index + 20} ${'x'.repeat(100)}`), 'last'])
    expect([again.records, again.bytes]).toEqual([0, 0])
  })

  it('ends at a batch that was not written to its end, and says how much that is', async () => {
    await using directory = await temporaryDirectory()
    const spool = await Spool.open(directory.path, options)
    await spool.append(batch('whole'))
    await spool.append(batch('cut short'))
    await spool.close()
    const [segment] = (await segmentsBelow(directory.path)) as [string]
    await truncate(segment, spool.bytes - 5)
    const notices: string[] = []
    const again = await Spool.open(directory.path, { ...options, notice: (notice) => notices.push(notice) })
    expect(linesOf(await again.first())).toEqual(['whole'])
    await again.shift()
    expect(await again.first()).toBeUndefined()
    expect(notices[0]).toContain('damaged or incomplete')
    expect(again.damagedBytes).toBeGreaterThan(0)
  })

  it('never sends bytes that changed on the disk', async () => {
    await using directory = await temporaryDirectory()
    const spool = await Spool.open(directory.path, options)
    await spool.append(batch('a'))
    await spool.close()
    const [segment] = (await segmentsBelow(directory.path)) as [string]
    await truncate(segment, spool.bytes - 1)
    await appendFile(segment, 'b')
    const again = await Spool.open(directory.path, options)
    expect(await again.first()).toBeUndefined()
    expect([again.records, again.damagedBytes > 0]).toEqual([0, true])
  })

  it('refuses the segment of a newer Millrace', async () => {
    await using directory = await temporaryDirectory()
    await writeFile(join(directory.path, '0000000001-8.spool'), Buffer.from('4d52535009000000', 'hex'))
    await expect(Spool.open(directory.path, options)).rejects.toThrow(NewerVersionError)
  })

  it('takes no more than its bound', async () => {
    await using directory = await temporaryDirectory()
    const spool = await Spool.open(directory.path, { ...options, spoolBytesMax: 500 })
    const taken: boolean[] = []
    for (let index = 0; index < 4; index++) taken.push(await spool.append(batch('x'.repeat(150))))
    expect(taken.at(-1)).toBe(false)
    expect(spool.bytes).toBeLessThanOrEqual(500)
  })

  it('is taken over whole, also from one that died while it took over another', async () => {
    await using directory = await temporaryDirectory()
    const names: string[] = []
    for (const line of ['one', 'two']) {
      const claim = await claimSpool(directory.path)
      const spool = await Spool.open(claim.path, options)
      await spool.append(batch(line))
      await spool.close()
      names.push(await renameOwner(directory.path))
    }
    const claim = await claimSpool(directory.path)
    const spool = await Spool.open(claim.path, options)
    expect(spool.records).toBe(2)
    expect(await readdir(directory.path)).toHaveLength(1)
  })
})

/** Makes the spool of this process that of one that is no more. */
async function renameOwner(directory: string): Promise<string> {
  const names = await readdir(directory, { recursive: true })
  const own = names.find((name) => name.split('/').at(-1)?.includes(`~${process.pid}~`) === true) as string
  const renamed = own.replace(`~${process.pid}~`, '~4194999~')
  await rename(join(directory, own), join(directory, renamed))
  return renamed
}

/** Waits until as many records are on disk, as the segments themselves tell. */
async function spooled(directory: string, records: number): Promise<void> {
  for (;;) {
    const counts = await Promise.all((await segmentsBelow(directory)).map(countRecords))
    if (counts.reduce((sum, count) => sum + count, 0) >= records) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function countRecords(segment: string): Promise<number> {
  const bytes = await readFile(segment).catch(() => Buffer.alloc(0))
  let count = 0
  for (let at = 8; at + 12 <= bytes.byteLength; at += 12 + bytes.readUInt32LE(at)) {
    if (at + 12 + bytes.readUInt32LE(at) <= bytes.byteLength) count += bytes.readUInt32LE(at + 8)
  }
  return count
}

function startChild(url: string, spoolDirectory: string) {
  const path = fileURLToPath(new URL('./pipe-child.ts', import.meta.url))
  const child = spawn(process.execPath, [path, url, spoolDirectory], { stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  const ended = text(child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString())))
  const exitCode = once(child, 'exit').then(([code]) => code as number | null)
  return {
    stdin: child.stdin.on('error', () => {}),
    exitCode,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves when the child says this on standard error. */
    async until(part: string): Promise<void> {
      while (!said.includes(part)) {
        await Promise.race([once(child.stderr, 'data'), ended])
        if (child.exitCode !== null) throw new Error(`The pipe ended: ${said}`)
      }
    },
  }
}
