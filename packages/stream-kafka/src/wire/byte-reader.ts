/** Reads the variable-length numbers of Kafka's records: zigzag, seven bits a byte. Ends are for the caller to check. */
export class ByteReader {
  readonly bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  /** A whole number of up to 53 bits. */
  varint(): number {
    const first = this.bytes[this.at++] as number
    if (first < 128) return (first >>> 1) ^ -(first & 1)
    const second = this.bytes[this.at++] as number
    if (second < 128) {
      const value = (first & 127) | (second << 7)
      return (value >>> 1) ^ -(value & 1)
    }
    return this.#longer((first & 127) | ((second & 127) << 7))
  }

  skip(): void {
    while ((this.bytes[this.at++] as number) >= 128);
  }

  #longer(low: number): number {
    let value = low
    let scale = 2 ** 14
    for (;;) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) return Number.NaN
      value += (byte & 127) * scale
      if (byte < 128) break
      scale *= 128
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}
