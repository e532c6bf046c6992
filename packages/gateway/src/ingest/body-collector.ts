/** Puts the chunks of a body together, and copies each byte once. */
export class BodyCollector {
  readonly #whole: Buffer | undefined
  readonly #chunks: Buffer[] = []
  #size = 0

  /** `expectedBytes`: the length of the body, where it is known. The memory is taken as it fills. */
  constructor(expectedBytes: number | undefined) {
    this.#whole = expectedBytes === undefined ? undefined : Buffer.allocUnsafeSlow(expectedBytes)
  }

  add(chunk: Buffer): void {
    if (this.#whole === undefined) this.#chunks.push(chunk)
    else chunk.copy(this.#whole, this.#size)
    this.#size += chunk.byteLength
  }

  /** All of it, as a plain Uint8Array: taking views of one is cheaper than of a Buffer. */
  take(): Uint8Array {
    const body = this.#whole?.subarray(0, this.#size) ?? Buffer.concat(this.#chunks)
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  }
}
