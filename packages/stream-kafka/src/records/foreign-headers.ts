import { type KafkaRecordHeaders, type RecordHeaders, recordLimits } from '@millrace/stream'
import { ByteReader } from '../wire/byte-reader.ts'

/** Where parts of a record are in the bytes of its batch. */
export interface ForeignPlace {
  readonly keyAt: number
  /** Below 0 for none. */
  readonly keyBytes: number
  readonly isTombstone: boolean
  /** They begin with their number. */
  readonly headersAt: number
}

/**
 * Headers of the records of one batch of a topic that is not a stream: nothing in them is taken for Millrace's own. Records with text for a key and no headers,
 * which most are, share one object.
 */
export class ForeignHeaders {
  readonly #buffer: Buffer
  readonly #timestampType: KafkaRecordHeaders['timestampType']
  #plain: RecordHeaders | undefined
  #plainWithoutKey: RecordHeaders | undefined

  constructor(buffer: Buffer, brokerTime: boolean) {
    this.#buffer = buffer
    this.#timestampType = brokerTime ? 'LOG_APPEND_TIME' : 'CREATE_TIME'
  }

  of({ keyAt, keyBytes, isTombstone, headersAt }: ForeignPlace): RecordHeaders {
    const timestampType = this.#timestampType
    const key = this.#key(keyAt, keyBytes)
    const hasHeaders = this.#buffer[headersAt] !== 0
    if (!hasHeaders && !isTombstone && key === undefined) return (this.#plain ??= { kafka: { timestampType } })
    if (!hasHeaders && !isTombstone && key === null) return (this.#plainWithoutKey ??= { kafka: { timestampType, key } })
    const headers = hasHeaders ? this.#headers(headersAt) : []
    const foreign = Object.fromEntries(headers.map(([name, value]) => [name, Buffer.from(value ?? '', 'base64').toString()]))
    return {
      ...(hasHeaders ? { foreign } : {}),
      kafka: {
        timestampType,
        ...(key === undefined ? {} : { key }),
        ...(isTombstone ? { nullValue: true } : {}),
        ...(hasHeaders ? { headers } : {}),
      },
    }
  }

  /** Undefined where the partition key says it all. */
  #key(at: number, length: number): string | null | undefined {
    if (length < 0) return null
    const bytes = this.#buffer.subarray(at, at + length)
    if (length === 0) return ''
    // Looked at in turn: most keys are short, and ASCII.
    if (length <= recordLimits.partitionKeyCharsMax && isText(bytes)) return undefined
    return bytes.toString('base64')
  }

  #headers(at: number): [string, string | null][] {
    const reader = new ByteReader(this.#buffer, at)
    const headers: [string, string | null][] = []
    for (let left = reader.varint(); left > 0; left--) {
      const name = this.#bytes(reader)?.toString() ?? ''
      headers.push([name, this.#bytes(reader)?.toString('base64') ?? null])
    }
    return headers
  }

  #bytes(reader: ByteReader): Buffer | undefined {
    const length = reader.varint()
    if (length < 0) return undefined
    const bytes = this.#buffer.subarray(reader.at, reader.at + length)
    reader.at += length
    return bytes
  }
}

/** Whether the bytes are the same once they have been text. */
function isText(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte >= 0x80) return Buffer.from(bytes.toString()).equals(bytes)
  return true
}
