/**
 * What a producer says about a record beside its bytes. Everything is optional: a record that a foreign
 * producer wrote straight to a topic has none of it.
 *
 * Records of one request share one headers object wherever they can; encoders store such an object once.
 */
export interface RecordHeaders {
  /** `service.name` of the application that wrote the line. */
  readonly service?: string
  /** `host.name` of the machine that the line was written on. */
  readonly host?: string
  /** `log.file.path` that the line was read from. */
  readonly path?: string
  /** Identity of the producer run. Together with `producerSequence` it makes a line that is sent again the same line. */
  readonly producerId?: string
  /** When the producer read the line, milliseconds since the epoch. The same on every attempt to send it. */
  readonly readTimestamp?: number
  /** Identity given by whoever put the record, e.g. by a redrive of dead letters. Wins over every other identity. */
  readonly recordId?: string
  /** The producer has sent the record before and does not know whether it was accepted. */
  readonly resent?: boolean
  /** Headers of producers that are not Millrace's, by name. */
  readonly foreign?: Readonly<Record<string, string>>
  /** Of a record of a Kafka topic that is not a stream (`Stream.kafka`): what Kafka says about it, byte for byte. */
  readonly kafka?: KafkaRecordHeaders
}

/** What of a record in a Kafka topic is not in every record. Records that say the same share one object. */
export interface KafkaRecordHeaders {
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME'
  /** Base64; null for a record without a key. Left out where the key is the UTF-8 of `partitionKey`. */
  readonly key?: string | null
  /** The record has no value (a tombstone), which is not the same as an empty one. */
  readonly nullValue?: true
  /** In their order, names may repeat; values in base64, null for none. */
  readonly headers?: readonly (readonly [name: string, value: string | null])[]
}

/** A record as it stands in a shard. `data` is a view: it is valid for as long as the record is referenced, and must not be written to. */
export interface StreamRecord {
  /** 1 to 256 characters. */
  readonly partitionKey: string
  readonly data: Uint8Array
  /** Ascending within the shard, not always without gaps (e.g. the Kafka offset). What the hot path compares and stores. */
  readonly position: number
  /** AWS's decimal form of the position. Made when it is read: big-integer arithmetic is not free. */
  readonly sequenceNumber: string
  /** When the stream accepted the record: milliseconds since the epoch, by the stream's clock. */
  readonly approximateArrivalTimestamp: number
  readonly headers: RecordHeaders
  /** Number of the record in its producer's sequence, if `headers.producerId` is there. Per record, so that records can share their headers. */
  readonly producerSequence: number | undefined
  /** Its producer gave it no key: `partitionKey` is `keyOfPosition`. Whoever only passes it on need not have that made. */
  readonly isKeyless?: boolean
  /** Bytes of `data`, from a record that makes the view of them only when it is read. */
  readonly dataBytes?: number
  /** Copies `data` without making its view. */
  copyData?(target: Uint8Array, at: number): void
}

/** Bytes of a record's data, without a look at them. */
export function dataBytesOf(record: Pick<StreamRecord, 'data' | 'dataBytes'>): number {
  return record.dataBytes ?? record.data.byteLength
}

/** The key of a record that has none: the same whenever the record is read, and spread over the lanes of a shard. */
export function keyOfPosition(shardIndex: number, position: number): string {
  return `${shardIndex}-${position.toString(36)}`
}

/** A record on its way into a stream. */
export interface PutRecord {
  readonly data: Uint8Array
  /** Decides the shard by its MD5. 1 to 256 characters. */
  readonly partitionKey: string
  /** Decides the shard instead of the key's MD5: a decimal number below 2^128. */
  readonly explicitHashKey?: string
  readonly headers?: RecordHeaders
  readonly producerSequence?: number
}

/** What became of one record of a put. */
export type PutResult = PutAccepted | PutRefused

export interface PutAccepted {
  readonly accepted: true
  readonly shardId: string
  readonly position: number
  /** Made when it is read. */
  readonly sequenceNumber: string
}

export interface PutRefused {
  readonly accepted: false
  /** Whether the same record may be accepted later (pressure, a full disk), or never (too large, a bad key). */
  readonly retryable: boolean
  readonly reason: PutRefusal
  readonly message: string
}

/**
 * - `throughput-exceeded`: the stream's buffers are full; put again after a wait.
 * - `storage-full`: nothing can be written at present.
 * - `invalid-record`: the record breaks a limit and never can be accepted.
 * - `internal`: anything else; the message says what.
 */
export type PutRefusal = 'throughput-exceeded' | 'storage-full' | 'invalid-record' | 'internal'

/** AWS's limits on a record: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html */
export const recordLimits: { readonly recordBytesMax: number; readonly partitionKeyCharsMax: number } = {
  /** Data and partition key together, in bytes (Kinesis allows up to 10 MiB where a stream is set to it). */
  recordBytesMax: 10 * 1024 * 1024,
  /** In Unicode code points. */
  partitionKeyCharsMax: 256,
}
