import { type Shard, StreamError } from '@millrace/stream'
import { seededRandom } from '@millrace/testing'
import { openKafkaStreams } from '../../src/index.ts'

// Splits, merges and scales, by chance but from a seed, and prints what it did: `split`, `merge`, `scale`.
const [brokers = '', topicPrefix = '', seed = '1'] = process.argv.slice(2)
const streams = await openKafkaStreams({ brokers: brokers.split(','), topicPrefix, shardMapLeaseMs: 300 })
const stream = await streams.get('logs')
const random = seededRandom(Number(seed))
const upTo = (most: number): number => Math.floor(random() * (most + 1))
const shardsMax = 6

async function change(open: readonly Shard[]): Promise<string> {
  const at = upTo(open.length - 1)
  const [shard, next] = [open[at] as Shard, open[at + 1]]
  if (random() < 0.25) {
    await streams.scale('logs', 1 + upTo(shardsMax - 1))
    return 'scale'
  }
  if (next !== undefined && (open.length >= shardsMax || random() < 0.5)) {
    await streams.merge('logs', shard.shardId, next.shardId)
    return 'merge'
  }
  await streams.split('logs', shard.shardId, (shard.startingHashKey + shard.endingHashKey) / 2n)
  return 'split'
}

process.stdout.write('ready\n')
for (;;) {
  const open = (await stream.shards()).filter(({ endingPosition }) => endingPosition === undefined)
  open.sort((one, other) => (one.startingHashKey < other.startingHashKey ? -1 : 1))
  try {
    process.stdout.write(`${await change(open)}\n`)
  } catch (error) {
    // Another one has begun, or has died in the middle, and its change is being finished.
    if (!(error instanceof StreamError)) throw error
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
