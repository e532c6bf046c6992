import { openKafkaStreams } from '../../src/index.ts'

/*
 * Puts numbered records, each key's one after the other, and prints `accepted KEY COUNT` as they are. A record that is refused is put again before any that follows.
 * Keys that no other process has, so that their order is this one's.
 */
const [brokers = '', topicPrefix = '', name = '', lease = '300'] = process.argv.slice(2)
const streams = await openKafkaStreams({ brokers: brokers.split(','), topicPrefix, shardMapLeaseMs: Number(lease) })
const stream = await streams.get('logs')
const keys = Array.from({ length: 5 }, (_, index) => `${name}-${index}`)
const counts = keys.map(() => 0)
process.stdout.write('ready\n')
for (;;) {
  const most = 1 + ((counts[0] ?? 0) % 7)
  const places = keys.flatMap((_, key) => Array.from({ length: most }, (_, at) => ({ key, at })))
  const records = places.map(({ key, at }) => ({
    data: Buffer.from(`${keys[key]}/${(counts[key] ?? 0) + at}`),
    partitionKey: keys[key] ?? '',
  }))
  const results = await stream.put(records)
  const refused = new Set<number>()
  for (const [index, { key }] of places.entries()) {
    if (results[index]?.accepted === true && !refused.has(key)) counts[key] = (counts[key] ?? 0) + 1
    else refused.add(key)
  }
  process.stdout.write(`${keys.map((key, at) => `accepted ${key} ${counts[at]}`).join('\n')}\n`)
  await new Promise((resolve) => setTimeout(resolve, 2))
}
