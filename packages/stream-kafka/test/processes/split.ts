import { hashKeyEnd } from '@millrace/stream'
import { openKafkaStreams } from '../../src/index.ts'

// Splits the stream's first shard, and says so.
const [brokers = '', topicPrefix = ''] = process.argv.slice(2)
const streams = await openKafkaStreams({ brokers: brokers.split(','), topicPrefix, shardMapLeaseMs: 300 })
process.stdout.write('splitting\n')
await streams.split('logs', 'shardId-000000000000', hashKeyEnd / 2n)
process.stdout.write('split\n')
