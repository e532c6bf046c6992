import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { ManualClock, temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { openSqliteLogIndex } from '../src/index.ts'
import { day, noon, someDocuments } from './documents.ts'

/** A small disk of its own; undefined where that is not allowed. */
function mountSmallDisk(path: string): (() => void) | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', path], { stdio: 'ignore' })
    return () => execFileSync('umount', ['-l', path])
  } catch {
    return undefined
  }
}

describe('The embedded index', () => {
  it('answers overload on a full disk, writes nothing in part, and goes on when there is room', async (context) => {
    await using directory = await temporaryDirectory()
    const unmount = mountSmallDisk(directory.path)
    if (unmount === undefined) context.skip('Mounting a small disk takes root.')
    try {
      const index = await openSqliteLogIndex({ directory: directory.path, walPages: 20 })
      const bulk = (number: number) =>
        someDocuments(`f${number}`, 20).map((document) => ({
          ...document,
          source: JSON.stringify({ message: `filler ${randomBytes(4_000).toString('base64')}` }),
        }))
      let written = 0
      let outcomes = await index.bulk(bulk(0))
      while (outcomes[0]?.status === 'created' && written < 100) outcomes = await index.bulk(bulk(++written))
      expect(outcomes).toEqual(
        outcomes.map(() => ({
          status: 'retry',
          cause: 'overload',
          reason: expect.stringContaining('full') as string,
          afterMs: expect.any(Number) as number,
        })),
      )
      expect((await index.search({ size: 0, query: 'filler', trackTotal: true })).total).toBe(written * 20)
      execFileSync('mount', ['-o', 'remount,size=20m', directory.path])
      expect(await index.bulk(bulk(written))).toEqual(outcomes.map(() => ({ status: 'created' })))
      expect(await index.bulk(bulk(0))).toEqual(outcomes.map(() => ({ status: 'exists' })))
      await index.close()
    } finally {
      unmount?.()
    }
  })

  it('refuses files of a newer version in one sentence', async () => {
    await using directory = await temporaryDirectory()
    const index = await openSqliteLogIndex({ directory: directory.path })
    await index.bulk(someDocuments('v', 1))
    await index.close()
    const database = new DatabaseSync(`${directory.path}/2026-11-21.db`)
    database.exec('PRAGMA user_version = 99')
    database.close()
    await expect(openSqliteLogIndex({ directory: directory.path })).rejects.toThrow(
      /2026-11-21\.db has version 99, this Millrace knows versions up to 1\./,
    )
  })

  it('takes a bulk that touches many days, and finds each in its day', async () => {
    await using directory = await temporaryDirectory()
    const index = await openSqliteLogIndex({ directory: directory.path, openFilesMax: 3 })
    const documents = Array.from({ length: 30 }, (_, at) => someDocuments(`d${at}`, 10, noon - at * day)).flat()
    for (let round = 0; round < 2; round++) {
      const status = round === 0 ? 'created' : 'exists'
      expect(await index.bulk(documents)).toEqual(documents.map(() => ({ status })))
    }
    const { hits, total } = await index.search({ size: 3, to: noon - 5 * day, trackTotal: true })
    expect(hits.map(({ id }) => id)).toEqual(['d6-9', 'd6-8', 'd6-7'])
    expect(total).toBe(240)
    expect((await index.search({ size: 100, query: 'd7' })).hits).toHaveLength(10)
    await index.close()
  })

  it('drops a day when its date and its last write are older than the retention', async () => {
    await using directory = await temporaryDirectory()
    const clock = new ManualClock(Date.now())
    const index = await openSqliteLogIndex({ directory: directory.path, retentionDays: 7, clock })
    await index.bulk([...someDocuments('old', 5, clock.now() - 30 * day), ...someDocuments('new', 5, clock.now() + 6 * day)])
    await clock.advance(3_600_000)
    expect((await index.stats()).documents).toBe(10)
    await clock.advance(8 * day)
    // The writer takes its commands in order: this bulk is behind the dropping.
    await index.bulk(someDocuments('now', 1, clock.now()))
    expect((await index.search({ size: 100, query: 'old' })).hits).toEqual([])
    expect((await index.search({ size: 100, query: 'new' })).hits).toHaveLength(5)
    await index.close()
  })

  it('refuses as overload what does not fit among the waiting bytes', async () => {
    await using directory = await temporaryDirectory()
    const index = await openSqliteLogIndex({ directory: directory.path, pendingBytesMax: 2_000 })
    // The sink has to know the writer first.
    await index.bulk(someDocuments('first', 1))
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, at) => index.bulk(someDocuments(`b${at}`, 200))))
    const refused = outcomes.filter(([first]) => first?.status === 'retry')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.[0]).toMatchObject({ cause: 'overload', afterMs: expect.any(Number) as number })
    expect((await index.stats()).documents).toBe(1 + (20 - refused.length) * 200)
    await index.close()
  })

  it('ends a search that is aborted, and one that takes too long', async () => {
    await using directory = await temporaryDirectory()
    const index = await openSqliteLogIndex({ directory: directory.path, searchTimeoutMs: 0 })
    await index.bulk(someDocuments('s', 1_000))
    await expect(index.search({ size: 10 })).rejects.toThrow('longer than 0 ms')
    const controller = new AbortController()
    const search = index.search({ size: 10 }, controller.signal)
    controller.abort(new Error('gone'))
    await expect(search).rejects.toThrow('gone')
    await index.close()
  })

  it('ends threads that have nothing to search, and starts them again', async () => {
    await using directory = await temporaryDirectory()
    const clock = new ManualClock(noon)
    const index = await openSqliteLogIndex({ directory: directory.path, clock, searchThreadIdleTimeoutMs: 10_000 })
    await index.bulk(someDocuments('i', 10))
    for (let round = 0; round < 3; round++) {
      const results = await Promise.all(Array.from({ length: 8 }, () => index.search({ size: 100 })))
      expect(results.map(({ hits }) => hits.length)).toEqual(results.map(() => 10))
      await clock.advance(20_000)
      expect(clock.pending).toBe(0)
    }
    await index.close()
  })

  it('refuses searches past those that may wait', async () => {
    await using directory = await temporaryDirectory()
    const index = await openSqliteLogIndex({ directory: directory.path, searchThreadsMax: 1, searchesPendingMax: 2 })
    const searches = await Promise.allSettled(Array.from({ length: 5 }, () => index.search({ size: 1 })))
    expect(searches.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'])
    expect(searches[4]).toMatchObject({ reason: { name: 'SearchUnavailableError', retryable: true } })
    await index.close()
  })

  it('writes while a long search holds on to a file', async () => {
    await using directory = await temporaryDirectory()
    const index = await openSqliteLogIndex({ directory: directory.path, idleTimeoutMs: 1 })
    for (let round = 0; round < 5; round++) {
      await index.bulk(someDocuments(`r${round}`, 2_000))
      const search = index.search({ size: 10, query: 'line', trackTotal: true })
      expect(await index.bulk(someDocuments(`s${round}`, 1))).toEqual([{ status: 'created' }])
      expect((await search).total).toBeGreaterThanOrEqual((round + 1) * 2_000)
    }
    await index.close()
  })

  it('leaves one file a day behind when it is closed', async () => {
    await using directory = await temporaryDirectory()
    const index = await openSqliteLogIndex({ directory: directory.path })
    await index.bulk(someDocuments('c', 100))
    expect((await index.search({ size: 1 })).hits).toHaveLength(1)
    await index.close()
    expect(await readdir(directory.path)).toEqual(['2026-11-21.db'])
  })
})
