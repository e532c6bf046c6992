import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { decodeBatch } from './decode-batch.ts'
import type { KafkaRecord } from './kafka-record.ts'
import { splitBatches, unpack } from './raw-batch.ts'

const source = { streamName: 'logs', incarnation: 'abc', shard: { shardId: 'shardId-000000000000', index: 0, createdTimestamp: 5_000 } }

/** What a producer of the Java client wrote to a topic, as it is in the log. */
async function fixture(name: string): Promise<KafkaRecord[]> {
  const bytes = readFileSync(new URL(`../../test/fixtures/java-${name}.bin`, import.meta.url))
  const records: KafkaRecord[] = []
  for (const batch of splitBatches(bytes, []).batches) records.push(...decodeBatch(source, batch, await unpack(batch), 0).records)
  return records
}

it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])("reads what Kafka's own Java client wrote with compression %s", async (compression) => {
  const records = await fixture(compression)
  expect(records).toHaveLength(40)
  for (const [index, record] of records.entries()) {
    const message = JSON.parse(Buffer.from(record.data).toString()) as { readonly message: string; readonly pad: string }
    expect(message.message).toBe(`request ${index} done`)
    expect(message.pad).toBe('ab'.repeat((index % 7) * 20) + '-'.repeat(index * 9))
    expect(record.partitionKey).toBe(`key${index % 3}`)
    expect(record.headers).toEqual({ foreign: { h1: 'v1' } })
    expect(record.producerSequence).toBeUndefined()
    expect(record.position).toBe(index)
  }
})
