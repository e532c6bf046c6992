import { dataBytesOf, type RecordSource, type StreamRecord } from '@millrace/stream'
import { type SelfManagedKafkaEvent, type SelfManagedKafkaRecord, topicPartition } from './kafka-event.ts'

/**
 * Lambda's event for records of one partition. Each record's key and value are put into base64 when they are first read; the properties are the objects' own
 * and enumerable. Throws for a source that is not a Kafka topic.
 */
export function kafkaEvent(source: RecordSource, records: Iterable<StreamRecord>): SelfManagedKafkaEvent {
  const { bootstrapServers, topic, partition, name } = partOf(source)
  let made: Record<string, readonly SelfManagedKafkaRecord[]> | undefined
  return {
    eventSource: 'SelfManagedKafka',
    bootstrapServers,
    get records() {
      return (made ??= { [name]: Array.from(records, (record) => kafkaRecord(topic, partition, record)) })
    },
    set records(value) {
      made = value
    },
  }
}

/** UTF-8 bytes of an event without records. */
export function kafkaEventFrameBytes(source: RecordSource): number {
  return Buffer.byteLength(JSON.stringify(kafkaEvent(source, [])))
}

/** Measures what a record adds to the event, in bytes, a comma included: by arithmetic, and rather too much by a few than too little. */
export function kafkaRecordMeasure(source: RecordSource): (record: StreamRecord) => number {
  const { topic, partition } = partOf(source)
  const skeleton = {
    topic,
    partition,
    offset: longest,
    timestamp: longest,
    timestampType: 'LOG_APPEND_TIME',
    key: '',
    value: '',
    headers: [],
  }
  const frame = JSON.stringify(skeleton).length + 1
  return (record) => {
    const { kafka } = record.headers
    const key = kafka?.key === undefined ? base64Bytes(Buffer.byteLength(record.partitionKey)) : (kafka.key?.length ?? 0)
    const headers = kafka?.headers === undefined ? 0 : Buffer.byteLength(JSON.stringify(kafkaHeaders(record)))
    return frame + key + base64Bytes(dataBytesOf(record)) + headers
  }
}

const longest = Number.MAX_SAFE_INTEGER

function partOf({ kafka, shard, streamName }: RecordSource): SelfManagedKafkaPart {
  if (kafka === undefined) throw new TypeError(`${streamName} is not a Kafka topic.`)
  return { ...kafka, partition: shard.index, name: topicPartition(kafka.topic, shard.index) }
}

interface SelfManagedKafkaPart {
  readonly bootstrapServers: string
  readonly topic: string
  readonly partition: number
  readonly name: string
}

function kafkaRecord(topic: string, partition: number, record: StreamRecord): SelfManagedKafkaRecord {
  const { kafka } = record.headers
  const hasKey = kafka?.key !== null
  const made = {
    topic,
    partition,
    offset: record.position,
    timestamp: record.approximateArrivalTimestamp,
    timestampType: kafka?.timestampType ?? 'CREATE_TIME',
    headers: kafkaHeaders(record),
  }
  if (hasKey) lazily(made, 'key', () => kafka?.key ?? Buffer.from(record.partitionKey).toString('base64'))
  if (kafka?.nullValue !== true) lazily(made, 'value', () => base64(record.data))
  return made
}

function kafkaHeaders({ headers: { kafka } }: StreamRecord): SelfManagedKafkaRecord['headers'] {
  return (kafka?.headers ?? []).map(([name, value]) => ({
    [name]: value === null ? null : Array.from(new Int8Array(Buffer.from(value, 'base64'))),
  }))
}

function lazily(target: object, name: string, make: () => string): void {
  let made: unknown
  Object.defineProperty(target, name, {
    enumerable: true,
    configurable: true,
    get: () => (made ??= make()),
    set: (value: unknown) => {
      made = value
    },
  })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function base64Bytes(bytes: number): number {
  return 4 * Math.ceil(bytes / 3)
}
