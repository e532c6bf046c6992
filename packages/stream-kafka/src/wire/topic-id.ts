import type { WireRequest } from '../client/kafkajs-internals.ts'
import { AnswerReader } from './answer-reader.ts'

const metadataKey = 3
/** The first that tells the ids of topics: Kafka 2.8. */
const version = 10

export interface TopicId {
  readonly errorCode: number
  /** 32 hexadecimal digits. A topic that is deleted and made again has another. */
  readonly topicId: string
}

/** Asks for the id of a topic, which kafkajs does not know of. A topic that is not there is not made. */
export function topicIdRequest(topic: string): WireRequest {
  const name = Buffer.from(topic)
  const bytes = Buffer.concat([
    // No tagged fields in the header; one topic, of which the name is known and the id is not.
    Buffer.from([0, 2]),
    Buffer.alloc(16),
    compactLength(name.length),
    name,
    // No tagged fields, no topics made, no operations told (twice), no tagged fields.
    Buffer.from([0, 0, 0, 0, 0]),
  ])
  return {
    request: {
      apiKey: metadataKey,
      apiVersion: version,
      apiName: 'Metadata',
      encode: async () => ({ buf: bytes, buffer: bytes }),
    },
    response: { decode: async (payload) => decodeTopicId(payload), parse: async (answer) => answer },
  }
}

function compactLength(length: number): Buffer {
  const stored = length + 1
  return stored < 128 ? Buffer.from([stored]) : Buffer.from([(stored & 127) | 128, stored >>> 7])
}

function decodeTopicId(payload: Buffer): TopicId {
  const reader = new CompactReader(payload)
  reader.tags()
  reader.skip(4)
  for (let brokers = reader.length(); brokers > 0; brokers--) {
    reader.skip(4)
    reader.skip(reader.length())
    reader.skip(4)
    reader.skip(reader.length())
    reader.tags()
  }
  reader.skip(reader.length())
  reader.skip(4)
  reader.length()
  const errorCode = new AnswerReader(reader.take(2)).int16()
  reader.skip(reader.length())
  return { errorCode, topicId: reader.take(16).toString('hex') }
}

/** Reads the lengths of Kafka's flexible versions: one more than there is, 0 for none, seven bits a byte. */
class CompactReader {
  readonly #buffer: Buffer
  #at = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  skip(bytes: number): void {
    this.#at += bytes
  }

  take(bytes: number): Buffer {
    this.#at += bytes
    return this.#buffer.subarray(this.#at - bytes, this.#at)
  }

  length(): number {
    return Math.max(0, this.#unsigned() - 1)
  }

  tags(): void {
    for (let left = this.#unsigned(); left > 0; left--) {
      this.#unsigned()
      this.skip(this.#unsigned())
    }
  }

  #unsigned(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#buffer[this.#at++] as number
      value |= (byte & 127) << shift
      if (!(byte >= 128)) return value
    }
  }
}
