import { promisify } from 'node:util'
import zlib from 'node:zlib'
import kafkajs from 'kafkajs'
import type { ConsumerOptions } from './bare-consumer.ts'

const { CompressionCodecs, CompressionTypes, logLevel } = kafkajs
const compress = promisify<zlib.InputType, zlib.ZstdOptions, Buffer>(zlib.zstdCompress)
const decompress = promisify<zlib.InputType, Buffer>(zlib.zstdDecompress)
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { readonly buffer: Buffer }) => compress(buffer, { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } }),
  decompress: (buffer: Buffer) => decompress(buffer),
})

export function connect(brokers: readonly string[]): kafkajs.Kafka {
  return new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: logLevel.NOTHING })
}

/** Reads a topic from its beginning until so many records were seen. */
export async function consume({ brokers, topic, groupId, records }: ConsumerOptions): Promise<void> {
  const consumer = connect(brokers).consumer({ groupId, maxBytesPerPartition: 1 << 20, maxBytes: 8 << 20 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const done = Promise.withResolvers<void>()
  let count = 0
  await consumer.run({
    autoCommitInterval: 1_000,
    eachBatch: async ({ batch }) => {
      count += batch.messages.length
      if (count >= records) done.resolve()
    },
  })
  await done.promise
  await consumer.disconnect()
}

/** Writes lines into all partitions of a topic in turn, one request after the other. */
export async function produce(brokers: readonly string[], topic: string, partitions: number, lines: Iterable<string>): Promise<void> {
  const producer = connect(brokers).producer()
  await producer.connect()
  await send(producer, topic, partitions, lines, 1)
  await producer.disconnect()
}

/** Sends batches as a busy producer makes them, compressed with zstd, with so many requests under way. */
export async function send(
  producer: kafkajs.Producer,
  topic: string,
  partitions: number,
  lines: Iterable<string>,
  underWay: number,
): Promise<void> {
  const batches = batchesOf(lines, partitions)
  const lane = async (): Promise<void> => {
    // One iterator for all lanes: each takes what is next.
    for (let next = batches.next(); next.done !== true; next = batches.next()) {
      await producer.send({ topic, compression: CompressionTypes.ZSTD, messages: next.value })
    }
  }
  await Promise.all(Array.from({ length: underWay }, lane))
}

interface Message {
  readonly value: string
  readonly partition: number
}

function* batchesOf(lines: Iterable<string>, partitions: number): Generator<Message[], undefined> {
  let batch: Message[] = []
  let turn = 0
  for (const value of lines) {
    batch.push({ value, partition: turn })
    if (batch.length < batchRecords) continue
    yield batch
    batch = []
    turn = (turn + 1) % partitions
  }
  if (batch.length > 0) yield batch
  return undefined
}

const batchRecords = 2_000
