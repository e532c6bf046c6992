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

/** Writes lines into all partitions of a topic in turn: batches as a busy producer makes them, compressed with zstd. */
export async function produce(brokers: readonly string[], topic: string, partitions: number, lines: Iterable<string>): Promise<void> {
  const producer = connect(brokers).producer()
  await producer.connect()
  let batch: { readonly value: string; readonly partition: number }[] = []
  let turn = 0
  const send = async (): Promise<void> => {
    const messages = batch
    batch = []
    turn = (turn + 1) % partitions
    if (messages.length > 0) await producer.send({ topic, compression: CompressionTypes.ZSTD, messages })
  }
  for (const value of lines) {
    batch.push({ value, partition: turn })
    if (batch.length >= batchRecords) await send()
  }
  await send()
  await producer.disconnect()
}

const batchRecords = 2_000
