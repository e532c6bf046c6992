/** Bytes that a whole number of 0 or more takes as a zigzag variable-length number. */
export function varintBytes(value: number): number {
  if (value < 64) return 1
  if (value < 8_192) return 2
  if (value < 1_048_576) return 3
  return value < 134_217_728 ? 4 : 5
}

/** Writes into a buffer that is known to be large enough. */
export class ByteWriter {
  readonly bytes: Buffer
  at = 0

  constructor(bytesMax: number) {
    this.bytes = Buffer.allocUnsafeSlow(bytesMax)
  }

  /** A whole number from 0 to 2^31 - 1, or -1, as a zigzag variable-length number. */
  varint(value: number): void {
    let rest = value < 0 ? 1 : value * 2
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes[this.at++] = (rest % 128) | 128
    this.bytes[this.at++] = rest
  }

  byte(value: number): void {
    this.bytes[this.at++] = value
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at)
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at)
  }

  uint32(value: number): void {
    this.at = this.bytes.writeUInt32BE(value, this.at)
  }

  /** A whole number of up to 53 bits, in eight bytes. */
  int64(value: number): void {
    this.at = this.bytes.writeBigInt64BE(BigInt(value), this.at)
  }

  put(source: Uint8Array): void {
    this.bytes.set(source, this.at)
    this.at += source.length
  }

  /** Text with its length before it, in two bytes; -1 for none. */
  string(text: string | null): void {
    if (text === null) return this.int16(-1)
    const length = this.bytes.write(text, this.at + 2)
    this.int16(length)
    this.at += length
  }

  view(): Buffer {
    return this.bytes.subarray(0, this.at)
  }
}
