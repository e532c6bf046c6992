import { writeSync } from 'node:fs'
import type { AssignedShard } from '@millrace/stream'
import { claimDataDirectory, openSqliteStreams } from '../../src/index.ts'

// Puts numbered records, of four keys and from several callers at once, settles what it reads back, and says on stdout what was promised to it:
// `accepted KEY FROM TO` and `settled SHARD POSITION`. It ends only when it is killed.
const [directory = '', start = '0'] = process.argv.slice(2)
await claimDataDirectory(directory)
const streams = await openSqliteStreams({ directory })
const names = (await streams.list()).map((entry) => entry.name)
const stream = names.includes('logs') ? await streams.get('logs') : await streams.create('logs', { shardCount: 3, retentionHours: 24 })

async function produce(key: string): Promise<never> {
  for (let from = Number(start); ; ) {
    const to = from + 1 + (from % 40)
    const records = Array.from({ length: to - from }, (_, index) => ({ data: Buffer.from(`${from + index}`), partitionKey: key }))
    const results = await stream.put(records)
    if (!results.every((result) => result.accepted)) throw new Error('A put was refused.')
    writeSync(1, `accepted ${key} ${from} ${to}\n`)
    from = to
  }
}

async function consume(): Promise<void> {
  const options = { startingPosition: { type: 'TRIM_HORIZON' }, batchRecordsMax: 100, batchBytesMax: 1e6 } as const
  for await (const shard of stream.subscribe('c', options, new AbortController().signal)) void settle(shard)
}

async function settle(shard: AssignedShard): Promise<void> {
  for await (const batch of shard.batches()) {
    const position = (batch.at(-1)?.position ?? 0) + 1
    await shard.checkpoint(position)
    writeSync(1, `settled ${shard.source.shard.shardId} ${position}\n`)
  }
}

await Promise.all([...['a', 'b', 'c', 'd'].map(produce), consume()])
