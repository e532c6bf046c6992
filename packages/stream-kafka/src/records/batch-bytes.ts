import { type RecordHeaders, type RecordSource, recordLimits } from '@millrace/stream'
import { ByteReader } from '../wire/byte-reader.ts'
import { ForeignHeaders, type ForeignPlace } from './foreign-headers.ts'
import { decodeHeadersStart, decodeHeadersText, headerKey, noHeaders } from './record-headers.ts'

/**
 * The decompressed bytes of a batch, and what its records have in common: records of one request have the same key and headers, so each
 * distinct run of bytes is decoded once.
 */
export class BatchBytes {
  readonly source: RecordSource
  readonly #bytes: Uint8Array
  readonly #buffer: Buffer
  readonly #foreign: ForeignHeaders
  #keyAt = 0
  #keyBytes = -1
  #key = ''
  #textAt = 0
  #textBytes = -1
  #headers: RecordHeaders = noHeaders
  #unreleased = 0
  #memory: ArrayBuffer | undefined

  /** `brokerTime`: the batch has the time at which the broker appended it. */
  constructor(source: RecordSource, bytes: Uint8Array, brokerTime: boolean) {
    this.source = source
    this.#bytes = bytes
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#foreign = new ForeignHeaders(this.#buffer, brokerTime)
  }

  /** What Kafka says about a record of a topic that is not a stream. */
  foreignHeaders(place: ForeignPlace): RecordHeaders {
    return this.#foreign.of(place)
  }

  view(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + at, length)
  }

  copy(from: number, length: number, target: Uint8Array, at: number): void {
    this.#buffer.copy(target, at, from, from + length)
  }

  /** `memory`, in which nothing else is, is held for so many records. */
  hold(memory: ArrayBuffer, records: number): void {
    this.#memory = memory
    this.#unreleased = records
  }

  /** So many of the records are not read any more. With the last, the memory is given back: the garbage collector would come late for it, and at the price of a whole collection. */
  released(records: number): void {
    this.#unreleased -= records
    if (this.#unreleased === 0) this.#memory?.transfer(0)
  }

  key(at: number, length: number): string {
    if (length === this.#keyBytes && sameBytes(this.#bytes, at, this.#keyAt, length)) return this.#key
    this.#key = withinLimit(this.#buffer.toString('utf8', at, at + length))
    this.#keyAt = at
    this.#keyBytes = length
    return this.#key
  }

  producerSequence(headersAt: number): number | undefined {
    const valueAt = ownHeaderAt(this.#bytes, headersAt)
    return valueAt < 0 ? undefined : decodeHeadersStart(this.#bytes, valueAt).producerSequence
  }

  headers(headersAt: number): RecordHeaders {
    const count = this.#bytes[headersAt] as number
    // One header has the count 2 as a zigzag number.
    if (count === 0) return noHeaders
    const valueAt = ownHeaderAt(this.#bytes, headersAt)
    if (valueAt < 0 || count !== 2) return this.#foreignHeaders(headersAt, valueAt)
    const reader = new ByteReader(this.#bytes, headersAt + 2 + headerKey.length)
    return this.#ownHeaders(valueAt, reader.varint())
  }

  #ownHeaders(valueAt: number, valueBytes: number): RecordHeaders {
    const { textAt } = decodeHeadersStart(this.#bytes, valueAt)
    const length = valueAt + valueBytes - textAt
    if (length === this.#textBytes && sameBytes(this.#bytes, textAt, this.#textAt, length)) return this.#headers
    this.#headers = decodeHeadersText(this.view(textAt, length))
    this.#textAt = textAt
    this.#textBytes = length
    return this.#headers
  }

  #foreignHeaders(headersAt: number, ownAt: number): RecordHeaders {
    const reader = new ByteReader(this.#bytes, headersAt)
    const foreign: Record<string, string> = {}
    let own: RecordHeaders = noHeaders
    for (let left = reader.varint(); left > 0; left--) {
      const name = this.#text(reader)
      const valueAt = reader.at
      const value = this.#text(reader)
      if (ownAt >= 0 && valueAt < ownAt && reader.at > ownAt) own = this.#ownHeaders(ownAt, reader.at - ownAt)
      else foreign[name] = value
    }
    return { ...own, foreign: { ...own.foreign, ...foreign } }
  }

  #text(reader: ByteReader): string {
    const length = Math.max(0, reader.varint())
    const text = this.#buffer.toString('utf8', reader.at, reader.at + length)
    reader.at += length
    return text
  }
}

/**
 * Where the value of Millrace's own header begins, given where a record's headers begin; -1 for a record that was not put by Millrace. Its own
 * header is always the first.
 */
export function ownHeaderAt(bytes: Uint8Array, headersAt: number): number {
  const keyAt = headersAt + 2
  // The key's length is 2, which is 4 as a zigzag number.
  if (bytes[headersAt] === 0 || bytes[headersAt + 1] !== 4 || bytes[keyAt] !== headerKey[0] || bytes[keyAt + 1] !== headerKey[1]) return -1
  let at = keyAt + headerKey.length
  while ((bytes[at++] as number) >= 128);
  return at
}

function withinLimit(key: string): string {
  const most = recordLimits.partitionKeyCharsMax
  return key.length <= most ? key : Array.from(key).slice(0, most).join('')
}

function sameBytes(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (bytes[one + at] !== bytes[other + at]) return false
  return true
}
