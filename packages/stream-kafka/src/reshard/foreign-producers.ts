import type { KafkaClient } from '../client/kafka-client.ts'
import { fetchFrom } from '../read/fetch-from.ts'
import { ownHeaderAt } from '../records/batch-bytes.ts'
import { splitBatches, unpack } from '../records/raw-batch.ts'
import { ByteReader } from '../wire/byte-reader.ts'

/** How far back is looked, in positions and in bytes. */
const recordsMax = 1_000
const bytesMax = 256 * 1024

/**
 * Whether another program has written to the partition lately, straight to the topic: Millrace's own header is in the first record of each of its batches, and of
 * no one else's. The newest records are looked at.
 */
export async function hasForeignProducer(client: KafkaClient, topic: string, partition: number): Promise<boolean> {
  const { horizon, tip } = (await client.bounds(topic, [partition])).get(partition) ?? { horizon: 0, tip: 0 }
  const from = Math.max(horizon, tip - recordsMax)
  if (from >= tip) return false
  const piece = await fetchFrom(client, { topic, partition, position: from, bytesMax })
  for (const batch of splitBatches(piece.bytes, piece.aborted).batches) if (!beginsWithOwnHeader(await unpack(batch))) return true
  return false
}

function beginsWithOwnHeader(bytes: Uint8Array): boolean {
  const reader = new ByteReader(bytes)
  reader.varint()
  reader.at += 1
  // The differences of time and position, then the key and the value.
  reader.skip()
  reader.skip()
  for (let part = 0; part < 2; part++) {
    const length = reader.varint()
    reader.at += Math.max(0, length)
  }
  return ownHeaderAt(bytes, reader.at) >= 0
}
