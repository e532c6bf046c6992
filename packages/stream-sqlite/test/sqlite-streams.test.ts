import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { NewerVersionError, type Stream } from '@millrace/stream'
import { ManualClock, temporaryDirectory } from '@millrace/testing'
import { expect, it, vi } from 'vitest'
import { openSqliteStreams } from '../src/index.ts'

const hourMs = 3_600_000
const settings = { shardCount: 1, retentionHours: 1 }

function put(stream: Stream, count: number, bytes = 100): Promise<unknown> {
  return stream.put(Array.from({ length: count }, () => ({ data: new Uint8Array(bytes), partitionKey: 'k' })))
}

async function everything(stream: Stream) {
  const [shard] = await stream.shards()
  return (await stream.read(shard?.shardId ?? '', { type: 'TRIM_HORIZON' }, { recordsMax: 1e6, bytesMax: 1e9 })).records
}

it('refuses a file of a newer version, and leaves it as it is', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'streams.db')
  const newer = new DatabaseSync(path)
  newer.exec('PRAGMA user_version = 99')
  newer.close()
  const { mtimeMs } = await stat(path)
  const refused = openSqliteStreams({ directory: directory.path })
  await expect(refused).rejects.toBeInstanceOf(NewerVersionError)
  await expect(refused).rejects.toThrow(/version 99/)
  expect((await stat(path)).mtimeMs).toBe(mtimeMs)
})

it('says so when there is no directory to open', async () => {
  await expect(openSqliteStreams({ directory: '/nowhere/at/all' })).rejects.toMatchObject({ name: 'StorageError', retryable: true })
})

it('never lets times of arrival go back, also when the clock does across a restart', async () => {
  await using directory = await temporaryDirectory()
  const before = await openSqliteStreams({ directory: directory.path, clock: new ManualClock(5_000_000_000_000) })
  await put(await before.create('logs', settings), 3)
  await before.close()
  const after = await openSqliteStreams({ directory: directory.path, clock: new ManualClock(1_000_000_000_000) })
  const stream = await after.get('logs')
  await put(stream, 3)
  expect((await everything(stream)).map((record) => record.approximateArrivalTimestamp)).toEqual(Array(6).fill(5_000_000_000_000))
  await after.close()
})

it('uses the space again that retention freed', async () => {
  await using directory = await temporaryDirectory()
  const clock = new ManualClock()
  const streams = await openSqliteStreams({ directory: directory.path, clock })
  const stream = await streams.create('logs', settings)
  const sizes: number[] = []
  for (let turn = 0; turn < 4; turn++) {
    for (let at = 0; at < 10; at++) await put(stream, 1_000, 1_000)
    await clock.advance(2 * hourMs)
    await streams.enforceRetention()
    sizes.push((await stat(join(directory.path, 'streams.db'))).size)
  }
  expect(await everything(stream)).toEqual([])
  expect(sizes[3]).toBeLessThan((sizes[0] ?? 0) * 1.5 + 1e6)
  await streams.close()
})

it('removes what a deleted stream left, also after a restart in between', async () => {
  await using directory = await temporaryDirectory()
  const clock = new ManualClock()
  const first = await openSqliteStreams({ directory: directory.path, clock })
  const stream = await first.create('logs', { shardCount: 3, retentionHours: 24 })
  for (let at = 0; at < 40; at++) await put(stream, 1_000, 1_000)
  await first.delete('logs')
  await first.close()
  const second = await openSqliteStreams({ directory: directory.path, clock })
  await clock.advance(60_000)
  const database = new DatabaseSync(join(directory.path, 'streams.db'), { readOnly: true })
  const chunks = database.prepare('SELECT count(*) AS chunks FROM chunk')
  await vi.waitFor(() => expect(chunks.get()?.['chunks']).toBe(0), { timeout: 10_000 })
  database.close()
  await second.close()
})

it('reads from the disk what the memory does not hold any more', async () => {
  await using directory = await temporaryDirectory()
  const streams = await openSqliteStreams({
    directory: directory.path,
    tailBytesMax: 10_000,
    chunkBytesMax: 5_000,
    readAheadBytesMax: 10_000,
  })
  const stream = await streams.create('logs', settings)
  const abort = new AbortController()
  for (let at = 0; at < 20; at++) await put(stream, 100)
  expect(streams.usage().tailBytes).toBeLessThanOrEqual(10_000)
  const positions: number[] = []
  const options = { startingPosition: { type: 'TRIM_HORIZON' }, batchRecordsMax: 70, batchBytesMax: 1e6 } as const
  for await (const shard of stream.subscribe('c', options, abort.signal)) {
    for await (const batch of shard.batches()) {
      positions.push(...batch.map((record) => record.position))
      // Goes on while it is read: from the disk over to the memory and back.
      if (positions.length < 2_500) await put(stream, 30)
      if (positions.length >= 2_500 && positions.length === (await stream.lag('c'))[0]?.tip) abort.abort()
    }
  }
  expect(positions).toEqual(positions.map((_, index) => index))
  await streams.close()
})
