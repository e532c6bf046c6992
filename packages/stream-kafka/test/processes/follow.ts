import { openKafkaStreams } from '../../src/index.ts'

/*
 * Consumes a stream, and prints `seen TIME TEXT,TEXT,…` for each batch before it is settled. The time is the machine's, in nanoseconds: it orders what several
 * processes print.
 */
const [brokers = '', topicPrefix = ''] = process.argv.slice(2)
const options = { heartbeatIntervalMs: 100, sessionTimeoutMs: 6_000, fetchWaitMsMax: 100, shardMapLeaseMs: 300 }
const streams = await openKafkaStreams({ brokers: brokers.split(','), topicPrefix, ...options })
const stream = await streams.get('logs')
const position = { startingPosition: { type: 'TRIM_HORIZON' }, batchRecordsMax: 200, batchBytesMax: 1e6 } as const
for await (const shard of stream.subscribe('c', position, new AbortController().signal)) {
  const read = async (): Promise<void> => {
    for await (const records of shard.batches()) {
      const texts = records.map(({ data }) => Buffer.from(data).toString())
      process.stdout.write(`seen ${process.hrtime.bigint()} ${texts.join(',')}\n`)
      await shard.checkpoint((records.at(-1)?.position ?? 0) + 1)
    }
  }
  // A shard that was revoked refuses the checkpoint: whoever has it now goes on.
  read().catch(() => {})
}
