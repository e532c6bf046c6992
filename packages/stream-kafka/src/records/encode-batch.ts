import type { RecordHeaders } from '@millrace/stream'
import { ByteWriter, varintBytes } from '../wire/byte-writer.ts'
import { type Compression, compress, compressionCodes } from '../wire/compression.ts'
import { crc32c } from '../wire/crc32c.ts'
import { encodeHeadersText, encodeMarker, headerKey, headersStartBytes, writeHeadersStart } from './record-headers.ts'

/** A record as it goes to a topic. `data` is null for a tombstone. */
export interface WireRecord {
  readonly data: Uint8Array | null
  readonly partitionKey: string
  readonly headers?: RecordHeaders
  readonly producerSequence?: number
  /** The record is a marker: of the change of shards with this epoch. */
  readonly markerEpoch?: number
}

/** Who sends a batch, and the number of its first record in what it sent to the partition: by that the broker knows a batch that comes twice. */
export interface ProducerStamp {
  readonly producerId: number
  readonly producerEpoch: number
  readonly sequence: number
}

/** Bytes of a batch before its records. */
const headBytes = 61

/** Bytes from the checksum's end to the records. */
const checkedFrom = 21

/**
 * One record batch of format 2, the only one that current brokers take. `timestamp` matters only in topics that keep their producers' times.
 * Format: https://kafka.apache.org/documentation/#recordbatch
 */
export async function encodeBatch(
  records: readonly WireRecord[],
  stamp: ProducerStamp,
  compression: Compression,
  timestamp: number,
): Promise<Buffer> {
  const plain = encodeRecords(records)
  const packed = await compress(plain, compression)
  const writer = new ByteWriter(headBytes + packed.length)
  writer.int64(0)
  writer.int32(headBytes - 12 + packed.length)
  // Leader epoch: filled in by the broker.
  writer.int32(-1)
  writer.byte(2)
  writer.uint32(0)
  writer.int16(compressionCodes[compression])
  writer.int32(records.length - 1)
  writer.int64(timestamp)
  writer.int64(timestamp)
  writer.int64(stamp.producerId)
  writer.int16(stamp.producerEpoch)
  writer.int32(stamp.sequence)
  writer.int32(records.length)
  writer.put(packed)
  const bytes = writer.view()
  bytes.writeUInt32BE(crc32c(bytes, checkedFrom), checkedFrom - 4)
  return bytes
}

const nothing: Uint8Array = new Uint8Array(0)

/** Headers of records that share them are encoded once. */
class HeaderTexts {
  #headers: RecordHeaders | undefined
  #text: Buffer = Buffer.alloc(0)
  of(headers: RecordHeaders | undefined): Uint8Array {
    if (headers === undefined) return nothing
    if (headers !== this.#headers) {
      this.#text = encodeHeadersText(headers)
      this.#headers = headers
    }
    return this.#text
  }
}

function encodeRecords(records: readonly WireRecord[]): Buffer {
  const texts = new HeaderTexts()
  const writer = new ByteWriter(boundOf(records, texts))
  let keyText: string | undefined
  let key = Buffer.alloc(0)
  for (let index = 0; index < records.length; index++) {
    const record = records[index] as WireRecord
    if (record.partitionKey !== keyText) {
      keyText = record.partitionKey
      key = Buffer.from(keyText)
    }
    writeRecord(writer, index, key, record, texts.of(record.headers))
  }
  return writer.view()
}

function writeRecord(writer: ByteWriter, index: number, key: Buffer, record: WireRecord, text: Uint8Array): void {
  const { data, producerSequence, markerEpoch } = record
  if (markerEpoch !== undefined) return writeMarker(writer, index, key, markerEpoch)
  const has = index === 0 || text.length > 0 || producerSequence !== undefined
  const valueBytes = has ? headersStartBytes(producerSequence) + text.length : 0
  const headerBytes = has ? 2 + headerKey.length + varintBytes(valueBytes) + valueBytes : 1
  const dataBytes = data === null ? 1 : varintBytes(data.length) + data.length
  // Attributes and the difference of times take a byte each.
  writer.varint(2 + varintBytes(index) + varintBytes(key.length) + key.length + dataBytes + headerBytes)
  writer.byte(0)
  writer.byte(0)
  writer.varint(index)
  writer.varint(key.length)
  writer.put(key)
  writer.varint(data === null ? -1 : data.length)
  if (data !== null) writer.put(data)
  writer.varint(has ? 1 : 0)
  if (!has) return
  writer.varint(headerKey.length)
  writer.put(headerKey)
  writer.varint(valueBytes)
  writeHeadersStart(writer, producerSequence)
  writer.put(text)
}

function writeMarker(writer: ByteWriter, index: number, key: Buffer, epoch: number): void {
  const value = encodeMarker(epoch)
  const headerBytes = 2 + headerKey.length + varintBytes(value.length) + value.length
  writer.varint(3 + varintBytes(index) + varintBytes(key.length) + key.length + headerBytes)
  writer.byte(0)
  writer.byte(0)
  writer.varint(index)
  writer.varint(key.length)
  writer.put(key)
  writer.varint(-1)
  writer.varint(1)
  writer.varint(headerKey.length)
  writer.put(headerKey)
  writer.varint(value.length)
  writer.put(value)
}

/** Enough for the records. Lengths take at most 5 bytes, of which a record has 5; a sequence takes at most 8. */
function boundOf(records: readonly WireRecord[], texts: HeaderTexts): number {
  let bytes = 0
  for (const { data, partitionKey, headers } of records) {
    bytes += (data?.length ?? 0) + partitionKey.length * 3 + texts.of(headers).length + 48
  }
  return bytes
}
