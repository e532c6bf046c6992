import { openKafkaStreams } from '@millrace/stream-kafka'
import { type Expected, identityOf } from './expected.ts'
import { Sightings, type SightingsSummary } from './sightings.ts'

const limit = { recordsMax: 10_000, bytesMax: 8 * 1024 * 1024 }

/** Reads the whole stream, shard by shard, in the order of positions. A key's records are in one shard, so that its order is that of one source. */
export async function auditStream(brokers: readonly string[], name: string, expected: Expected): Promise<SightingsSummary> {
  const sightings = new Sightings(expected)
  const streams = await openKafkaStreams({ brokers })
  try {
    const stream = await streams.get(name)
    for (const { shardId } of await stream.shards()) {
      let position = 0
      for (;;) {
        const page = await stream.read(shardId, { type: 'AT_POSITION', position }, limit)
        for (const record of page.records) {
          const identity = identityOf(Buffer.from(record.data.buffer, record.data.byteOffset, record.data.byteLength).toString('latin1'))
          if (identity === undefined) sightings.seeForeign()
          else sightings.see(identity.source, identity.sequence)
        }
        if (page.records.length === 0 && page.millisBehindLatest === 0) break
        position = page.nextPosition
      }
    }
  } finally {
    await streams.close()
  }
  return sightings.summary
}
