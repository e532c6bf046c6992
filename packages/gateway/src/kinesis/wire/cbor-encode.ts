import { WireBlob, WireTimestamp } from './wire-values.ts'

/** Writes an answer as CBOR (RFC 8949): objects, arrays, text, numbers, booleans, null, `WireBlob`, `WireTimestamp`. Members that are undefined are left out. */
export function encodeCbor(value: unknown): Uint8Array {
  const writer = new CborWriter()
  writer.value(value)
  return writer.take()
}

const initialBytes = 4096

class CborWriter {
  #bytes: Buffer = Buffer.allocUnsafe(initialBytes)
  #at = 0

  take(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  value(value: unknown): void {
    if (typeof value === 'string') this.#text(value)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'boolean') this.#byte(value ? 0xf5 : 0xf4)
    else if (value === null || value === undefined) this.#byte(0xf6)
    else if (value instanceof WireBlob) this.#blob(value.bytes)
    else if (value instanceof WireTimestamp) this.#timestamp(value.milliseconds)
    else if (Array.isArray(value)) {
      this.#head(4, value.length)
      for (const member of value) this.value(member)
    } else this.#map(value as Readonly<Record<string, unknown>>)
  }

  #map(value: Readonly<Record<string, unknown>>): void {
    let count = 0
    for (const name in value) if (value[name] !== undefined) count++
    this.#head(5, count)
    for (const name in value) {
      const member = value[name]
      if (member === undefined) continue
      this.#text(name)
      this.value(member)
    }
  }

  #text(text: string): void {
    const length = Buffer.byteLength(text)
    this.#head(3, length)
    this.#reserve(length)
    this.#at += this.#bytes.write(text, this.#at)
  }

  #blob(bytes: Uint8Array): void {
    this.#head(2, bytes.byteLength)
    this.#reserve(bytes.byteLength)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.byteLength
  }

  /** AWS's clients take whole milliseconds. */
  #timestamp(milliseconds: number): void {
    this.#head(6, 1)
    this.#number(Math.round(milliseconds))
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value)) return value < 0 ? this.#head(1, -1 - value) : this.#head(0, value)
    this.#reserve(9)
    this.#bytes[this.#at++] = 0xfb
    this.#at = this.#bytes.writeDoubleBE(value, this.#at)
  }

  #byte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#at++] = byte
  }

  #head(type: number, argument: number): void {
    this.#reserve(9)
    const initial = type << 5
    if (argument < 24) this.#bytes[this.#at++] = initial | argument
    else if (argument < 0x100) {
      this.#bytes[this.#at++] = initial | 24
      this.#bytes[this.#at++] = argument
    } else if (argument < 0x10000) {
      this.#bytes[this.#at++] = initial | 25
      this.#at = this.#bytes.writeUInt16BE(argument, this.#at)
    } else if (argument < 0x1_0000_0000) {
      this.#bytes[this.#at++] = initial | 26
      this.#at = this.#bytes.writeUInt32BE(argument, this.#at)
    } else {
      this.#bytes[this.#at++] = initial | 27
      this.#at = this.#bytes.writeBigUInt64BE(BigInt(argument), this.#at)
    }
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.byteLength) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.byteLength * 2, this.#at + bytes))
    this.#bytes.copy(grown, 0, 0, this.#at)
    this.#bytes = grown
  }
}
