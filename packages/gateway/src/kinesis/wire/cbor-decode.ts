import { SerializationException } from '../../aws/model-error.ts'

const depthMax = 32
/** What is above cannot be seconds (the year 5138): it is milliseconds, as AWS's own clients send them. */
const secondsMax = 1e11

/**
 * Reads CBOR (RFC 8949) as Kinesis's clients write it: maps with keys of text, lists, text, bytes, numbers, times (tag 1, to seconds), of known and unknown
 * length. Bytes are views of the body. Throws `SerializationException` for what is cut short, nested deeper than 32, or anything else.
 */
export function decodeCbor(body: Uint8Array): unknown {
  const reader = new CborReader(body)
  const value = reader.value(0)
  if (!reader.ended) throw broken('there is more behind the value')
  return value
}

const textDecoder = new TextDecoder('utf-8', { fatal: true })
const breakCode = 0xff
const endOfItems = Symbol('break')

class CborReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(body: Uint8Array) {
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  }

  get ended(): boolean {
    return this.#at === this.#bytes.byteLength
  }

  value(depth: number): unknown {
    const value = this.#item(depth)
    if (value === endOfItems) throw broken('an end where a value should be')
    return value
  }

  #item(depth: number): unknown {
    if (depth > depthMax) throw broken(`it is nested deeper than ${depthMax}`)
    const initial = this.#byte()
    if (initial === breakCode) return endOfItems
    const info = initial & 31
    switch (initial >>> 5) {
      case 0:
        return this.#argument(info)
      case 1:
        return -1 - this.#argument(info)
      case 2:
        return info === 31 ? this.#chunks(2) : this.#take(this.#length(info))
      case 3:
        return info === 31 ? utf8(this.#chunks(3)) : this.#text(this.#length(info))
      case 4:
        return this.#list(info, depth)
      case 5:
        return this.#map(info, depth)
      case 6:
        return this.#tagged(this.#argument(info), depth)
      default:
        return this.#simple(info)
    }
  }

  #list(info: number, depth: number): unknown[] {
    const items: unknown[] = []
    const length = info === 31 ? Number.POSITIVE_INFINITY : this.#length(info)
    while (items.length < length) {
      const item = this.#item(depth + 1)
      if (item === endOfItems) {
        if (info === 31) break
        throw broken('a list ends too early')
      }
      items.push(item)
    }
    return items
  }

  #map(info: number, depth: number): Record<string, unknown> {
    const members: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    const length = info === 31 ? Number.POSITIVE_INFINITY : this.#length(info)
    for (let count = 0; count < length; count++) {
      const key = this.#item(depth + 1)
      if (key === endOfItems && info === 31) break
      if (typeof key !== 'string') throw broken('a key of a map is not text')
      members[key] = this.value(depth + 1)
    }
    return members
  }

  #tagged(tag: number, depth: number): unknown {
    const value = this.value(depth + 1)
    if (tag !== 1) return value
    if (typeof value !== 'number') throw broken('a time is not a number')
    return Math.abs(value) > secondsMax ? value / 1000 : value
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false
      case 21:
        return true
      case 22:
      case 23:
        return null
      case 25:
        return halfFloat(this.#view(2).readUInt16BE())
      case 26:
        return this.#view(4).readFloatBE()
      case 27:
        return this.#view(8).readDoubleBE()
      default:
        throw broken(`the simple value ${info} means nothing here`)
    }
  }

  #argument(info: number): number {
    if (info < 24) return info
    if (info === 24) return this.#byte()
    if (info === 25) return this.#view(2).readUInt16BE()
    if (info === 26) return this.#view(4).readUInt32BE()
    if (info === 27) return Number(this.#view(8).readBigUInt64BE())
    throw broken(`the length ${info} means nothing here`)
  }

  /** Of bytes, text or members: each takes a byte at least, so that what cannot be there is not waited for. */
  #length(info: number): number {
    const length = this.#argument(info)
    if (length > this.#bytes.byteLength - this.#at) throw broken('it is cut short')
    return length
  }

  #chunks(type: 2 | 3): Uint8Array {
    const chunks: Uint8Array[] = []
    for (let initial = this.#byte(); initial !== breakCode; initial = this.#byte()) {
      if (initial >>> 5 !== type || (initial & 31) === 31) throw broken('a part of a text or of bytes is of another type')
      chunks.push(this.#take(this.#length(initial & 31)))
    }
    return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)
  }

  #text(length: number): string {
    const start = this.#at
    let at = start
    const end = start + length
    while (at < end && (this.#bytes[at] as number) < 128) at++
    this.#at = end
    return at === end ? this.#bytes.toString('latin1', start, end) : utf8(this.#bytes.subarray(start, end))
  }

  #take(length: number): Uint8Array {
    const { buffer, byteOffset } = this.#bytes
    const view = new Uint8Array(buffer, byteOffset + this.#at, length)
    this.#at += length
    return view
  }

  #view(length: number): Buffer {
    const start = this.#at
    this.#at += length
    if (this.#at > this.#bytes.byteLength) throw broken('it is cut short')
    return this.#bytes.subarray(start, this.#at)
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw broken('it is cut short')
    this.#at++
    return byte
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return textDecoder.decode(bytes)
  } catch {
    throw broken('a text is not UTF-8')
  }
}

function halfFloat(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1
  const exponent = (bits >>> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function broken(why: string): SerializationException {
  return new SerializationException(`The body is not sound CBOR: ${why}.`)
}
