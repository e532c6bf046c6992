/** Bytes in an answer: base64 in JSON, as they are in CBOR. */
export class WireBlob {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
  toJSON(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('base64')
  }
}

/** A time in an answer: seconds with a fraction in JSON, tagged milliseconds in CBOR. */
export class WireTimestamp {
  /** Since the epoch. */
  readonly milliseconds: number
  constructor(milliseconds: number) {
    this.milliseconds = milliseconds
  }
  toJSON(): number {
    return this.milliseconds / 1000
  }
}
