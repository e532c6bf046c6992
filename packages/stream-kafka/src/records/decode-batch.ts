import type { RecordSource } from '@millrace/stream'
import { ByteReader } from '../wire/byte-reader.ts'
import { RecordFormatError } from '../wire/codec-error.ts'
import { BatchBytes, ownHeaderAt } from './batch-bytes.ts'
import { KafkaRecord } from './kafka-record.ts'
import type { RawBatch } from './raw-batch.ts'
import { decodeMarker, isMarkerVersion } from './record-headers.ts'

/** The records of one batch. */
export interface DecodedBatch {
  readonly records: readonly KafkaRecord[]
  /** Of all records' data. */
  readonly dataBytes: number
  /** The batch is a marker's, which is always alone. */
  readonly marker?: Marker
}

/** Where a change of shards may have closed the shard: the shard map says whether it did. */
export interface Marker {
  readonly position: number
  readonly epoch: number
}

const logAppendTime = 8

/**
 * Takes the decompressed records of a batch apart, those from position `from` on. One pass over the lengths; contents are left as they are.
 * Throws `RecordFormatError`, and `NewerVersionError` for records that a newer Millrace put.
 */
export function decodeBatch(source: RecordSource, raw: RawBatch, bytes: Uint8Array, from: number): DecodedBatch {
  const brokerTime = (raw.attributes & logAppendTime) !== 0
  const shared = new BatchBytes(source, bytes, brokerTime)
  const reader = new ByteReader(bytes)
  const records: KafkaRecord[] = []
  const isForeign = source.kafka !== undefined
  let dataBytes = 0
  let marker: Marker | undefined
  for (let left = raw.count; left > 0; left--) {
    const length = reader.varint()
    const end = reader.at + length
    if (!(length > 0) || end > bytes.length) throw new RecordFormatError(`A record of the batch at ${raw.basePosition} is cut short.`)
    reader.at += 1
    const delta = brokerTime ? reader.skip() : reader.varint()
    const position = raw.basePosition + reader.varint()
    const keyBytes = reader.varint()
    const keyAt = reader.at
    if (keyBytes > 0) reader.at += keyBytes
    const valueBytes = reader.varint()
    const ownBytes = valueBytes > 0 ? valueBytes : 0
    const dataAt = valueBytes < 0 ? 0 : reader.at
    const headersAt = reader.at + ownBytes
    if (headersAt >= end) throw new RecordFormatError(`The record at position ${position} is longer than it says.`)
    reader.at = end
    if (position < from) continue
    const headerAt = isForeign ? -1 : ownHeaderAt(bytes, headersAt)
    if (headerAt >= 0 && isMarkerVersion(bytes[headerAt] as number)) {
      marker = { position, epoch: decodeMarker(bytes.subarray(headerAt, end)) }
      continue
    }
    const arrival = delta === undefined ? raw.maxTimestamp : raw.baseTimestamp + delta
    records.push(new KafkaRecord(shared, position, arrival, keyAt, keyBytes, dataAt, ownBytes, headersAt))
    dataBytes += ownBytes
  }
  const memory = ownMemory(raw, bytes)
  if (memory !== undefined) shared.hold(memory, records.length)
  return marker === undefined ? { records, dataBytes } : { records, dataBytes, marker }
}

/** What the records were decompressed into. Records that were not are among those of other shards, and small ones may be in memory that Node deals out in pieces. */
function ownMemory(raw: RawBatch, { buffer, byteOffset }: Uint8Array): ArrayBuffer | undefined {
  const isOwn = (raw.attributes & compressionMask) !== 0 && byteOffset === 0 && buffer.byteLength > Buffer.poolSize
  return isOwn && buffer instanceof ArrayBuffer ? buffer : undefined
}

const compressionMask = 7
