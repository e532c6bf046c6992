import { apiKeyOf, type WireRequest } from '../client/kafkajs-internals.ts'
import { AnswerReader } from './answer-reader.ts'
import { ByteWriter } from './byte-writer.ts'

export interface ProducePartition {
  readonly topic: string
  readonly partition: number
  /** One encoded batch. */
  readonly batch: Buffer
}

/** What became of the batch of one partition. */
export interface ProducedPartition {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  /** Position of the batch's first record. */
  readonly basePosition: number
  /** The broker's time, milliseconds since the epoch; -1 where the topic keeps its producers' times. */
  readonly arrivalTimestamp: number
}

const version = 7
const allReplicas = -1

/** A request that is answered when every replica in sync has the batches, with an outcome for each partition. */
export function produceRequest(partitions: readonly ProducePartition[], timeoutMs: number): WireRequest {
  return {
    request: {
      apiKey: apiKeyOf('Produce'),
      apiVersion: version,
      apiName: 'Produce',
      encode: async () => {
        const buffer = encodeProduce(partitions, timeoutMs)
        return { buf: buffer, buffer }
      },
    },
    response: { decode: async (payload) => decodeProduce(payload), parse: async (answer) => answer },
  }
}

function encodeProduce(partitions: readonly ProducePartition[], timeoutMs: number): Buffer {
  const topics = Map.groupBy(partitions, ({ topic }) => topic)
  const bytes = partitions.reduce((sum, { topic, batch }) => sum + batch.length + 16 + topic.length * 3, 64)
  const writer = new ByteWriter(bytes)
  writer.string(null)
  writer.int16(allReplicas)
  writer.int32(timeoutMs)
  writer.int32(topics.size)
  for (const [topic, own] of topics) {
    writer.string(topic)
    writer.int32(own.length)
    for (const { partition, batch } of own) {
      writer.int32(partition)
      writer.int32(batch.length)
      writer.put(batch)
    }
  }
  return writer.view()
}

function decodeProduce(payload: Buffer): { readonly partitions: readonly ProducedPartition[]; readonly clientSideThrottleTime: number } {
  const reader = new AnswerReader(payload)
  const partitions: ProducedPartition[] = []
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.string()
    for (let left = reader.int32(); left > 0; left--) {
      partitions.push({
        topic,
        partition: reader.int32(),
        errorCode: reader.int16(),
        basePosition: reader.int64(),
        arrivalTimestamp: reader.int64(),
      })
      // First position that retention has left: of no use here.
      reader.int64()
    }
  }
  return { partitions, clientSideThrottleTime: reader.int32() }
}
