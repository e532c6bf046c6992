import type { WireRequest } from '../client/kafkajs-internals.ts'
import { AnswerReader } from './answer-reader.ts'
import { ByteWriter } from './byte-writer.ts'

/** IncrementalAlterConfigs, which Kafka has since 2.3; kafkajs knows only the older request, which resets every setting that it does not name. */
const apiKey = 44
const topicType = 2
const setOperation = 0

/** Sets one setting of a topic, and leaves the others as they are. The answer is an error code. */
export function alterConfigRequest(topic: string, name: string, value: string): WireRequest {
  return {
    request: {
      apiKey,
      apiVersion: 0,
      apiName: 'IncrementalAlterConfigs',
      encode: async () => {
        const buffer = encodeAlterConfig(topic, name, value)
        return { buf: buffer, buffer }
      },
    },
    response: { decode: async (payload) => decodeAlterConfig(payload), parse: async (answer) => answer },
  }
}

function encodeAlterConfig(topic: string, name: string, value: string): Buffer {
  const writer = new ByteWriter(64 + (topic.length + name.length + value.length) * 3)
  writer.int32(1)
  writer.byte(topicType)
  writer.string(topic)
  writer.int32(1)
  writer.string(name)
  writer.byte(setOperation)
  writer.string(value)
  // It is to be done, not only checked.
  writer.byte(0)
  return writer.view()
}

function decodeAlterConfig(payload: Buffer): { readonly errorCode: number; readonly clientSideThrottleTime: number } {
  const reader = new AnswerReader(payload)
  const clientSideThrottleTime = reader.int32()
  return { clientSideThrottleTime, errorCode: reader.int32() > 0 ? reader.int16() : 0 }
}
