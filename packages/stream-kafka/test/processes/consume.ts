import { openKafkaStreams } from '../../src/index.ts'

/*
 * Consumes a stream, and prints `+ shard` for a shard that it is given, `- shard` for one that it loses, each record's text as it is settled,
 * and `refused shard` for a checkpoint that it was not allowed.
 */
const [brokers = '', topicPrefix = ''] = process.argv.slice(2)
const streams = await openKafkaStreams({
  brokers: brokers.split(','),
  topicPrefix,
  heartbeatIntervalMs: 100,
  sessionTimeoutMs: 6_000,
  fetchWaitMsMax: 100,
})
const stream = await streams.get('logs')
const options = { startingPosition: { type: 'TRIM_HORIZON' }, batchRecordsMax: 50, batchBytesMax: 1e6 } as const
const print = (line: string): void => void process.stdout.write(`${line}\n`)
for await (const shard of stream.subscribe('c', options, new AbortController().signal)) {
  const { shardId } = shard.source.shard
  print(`+ ${shardId}`)
  shard.revoked.addEventListener('abort', () => print(`- ${shardId}`))
  const read = async (): Promise<void> => {
    for await (const records of shard.batches()) {
      await shard.checkpoint((records.at(-1)?.position ?? 0) + 1)
      print(records.map((record) => Buffer.from(record.data).toString()).join('\n'))
    }
  }
  read().catch((error: unknown) => print(`refused ${shardId} ${String(error)}`))
}
