import { RecordFormatError } from './codec-error.ts'

/** Output of a decompressor that does not know how much there will be. */
export class GrowingBytes {
  readonly #bytesMax: number
  #bytes: Uint8Array
  #length = 0

  constructor(bytesExpected: number, bytesMax: number) {
    this.#bytesMax = bytesMax
    this.#bytes = new Uint8Array(Math.min(bytesExpected, bytesMax))
  }

  append(source: Uint8Array, from: number, length: number): void {
    this.#reserve(length)
    this.#bytes.set(source.subarray(from, from + length), this.#length)
    this.#length += length
  }

  /** Appends what was written `distance` bytes ago once more; source and target may overlap. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length) throw new RecordFormatError('Compressed records refer to bytes before their start.')
    this.#reserve(length)
    const bytes = this.#bytes
    const start = this.#length
    if (distance >= length) bytes.copyWithin(start, start - distance, start - distance + length)
    else for (let at = start; at < start + length; at++) bytes[at] = bytes[at - distance] as number
    this.#length += length
  }

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    if (needed > this.#bytesMax) {
      throw new RecordFormatError(`A batch of records decompresses to more than ${this.#bytesMax} bytes, the most that is read.`)
    }
    const larger = new Uint8Array(Math.min(this.#bytesMax, Math.max(needed, this.#bytes.length * 2)))
    larger.set(this.view())
    this.#bytes = larger
  }
}
