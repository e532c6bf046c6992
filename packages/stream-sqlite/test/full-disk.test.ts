import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PutResult, Stream } from '@millrace/stream'
import { temporaryDirectory } from '@millrace/testing'
import { expect, it } from 'vitest'
import { openSqliteStreams } from '../src/index.ts'

const run = promisify(execFile)

/** A disk of 40 MiB; undefined where none can be mounted. */
async function smallDisk(): Promise<(AsyncDisposable & { readonly path: string }) | undefined> {
  const directory = await temporaryDirectory()
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', directory.path])
  } catch {
    await directory[Symbol.asyncDispose]()
    return undefined
  }
  const dispose = async (): Promise<void> => {
    await run('umount', ['-l', directory.path])
    await directory[Symbol.asyncDispose]()
  }
  return { path: directory.path, [Symbol.asyncDispose]: dispose }
}

/** Puts 50 records of 4,000 bytes, numbered from `from`. */
async function putSome(stream: Stream, from: number): Promise<readonly PutResult[]> {
  return stream.put(
    Array.from({ length: 50 }, (_, index) => ({ data: Buffer.from(`${from + index}`.padEnd(4_000, '.')), partitionKey: `k${index % 3}` })),
  )
}

async function numbers(stream: Stream): Promise<number[]> {
  const found: number[] = []
  for (const { shardId } of await stream.shards()) {
    const { records } = await stream.read(shardId, { type: 'TRIM_HORIZON' }, { recordsMax: 1e6, bytesMax: 1e9 })
    for (const record of records) found.push(Number.parseInt(Buffer.from(record.data).toString(), 10))
  }
  return found.toSorted((one, other) => one - other)
}

it('refuses puts on a full disk for the time being, loses nothing, and goes on when there is space again', async (context) => {
  await using disk = await smallDisk()
  if (disk === undefined) {
    context.skip('No tmpfs can be mounted here: that takes root.')
    return
  }
  const ballast = join(disk.path, 'ballast')
  await writeFile(ballast, Buffer.alloc(10 * 1024 * 1024))
  let streams = await openSqliteStreams({ directory: disk.path })
  let stream = await streams.create('logs', { shardCount: 2, retentionHours: 24 })

  const kept: number[] = []
  let refusal: PutResult | undefined
  for (let from = 0; refusal === undefined && from < 1e5; from += 50) {
    const results = await putSome(stream, from)
    for (const [index, result] of results.entries()) if (result.accepted) kept.push(from + index)
    refusal = results.find((result) => !result.accepted)
  }
  expect(refusal).toMatchObject({ reason: 'storage-full', retryable: true })
  expect(kept.length).toBeGreaterThan(100)
  expect(await numbers(stream)).toEqual(kept)

  await rm(ballast)
  const results = await putSome(stream, 1_000_000)
  expect(results.every((result) => result.accepted)).toBe(true)
  kept.push(...results.map((_, index) => 1_000_000 + index))
  await streams.create('more', { shardCount: 1, retentionHours: 24 })

  await streams.close()
  streams = await openSqliteStreams({ directory: disk.path })
  stream = await streams.get('logs')
  expect(await numbers(stream)).toEqual(kept)
  await streams.close()
})
