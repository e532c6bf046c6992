export interface LineSplitterOptions {
  /** A longer line is cut into pieces of at most this many bytes, none of which is lost. Default 1 MiB. */
  readonly lineBytesMax?: number
}

const newline = 0x0a
const carriageReturn = 0x0d

/**
 * Makes lines of a run of bytes, whatever the chunks that it arrives in. A line ends with `\n` or `\r\n`, which are not part of it; every other byte is.
 * A line that stands in one chunk is a view of that chunk: the chunk must not be written to any more.
 */
export class LineSplitter {
  readonly #lineBytesMax: number
  /** The beginning of a line whose end has not arrived yet. */
  #parts: Uint8Array[] = []
  #partBytes = 0

  /** Throws a `RangeError` for a `lineBytesMax` below 4, the bytes of the longest character. */
  constructor(options: LineSplitterOptions = {}) {
    const { lineBytesMax = 1024 * 1024 } = options
    if (!(lineBytesMax >= 4)) throw new RangeError(`lineBytesMax is ${lineBytesMax}; it must be at least 4.`)
    this.#lineBytesMax = lineBytesMax
  }

  /** Bytes of the unfinished line. At most one more than `lineBytesMax`. */
  get pendingBytes(): number {
    return this.#partBytes
  }

  /** The lines that are complete with this chunk. */
  push(chunk: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = []
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let start = 0
    let end = bytes.indexOf(newline)
    if (end !== -1 && this.#partBytes > 0) {
      this.#parts.push(chunk.subarray(0, end))
      this.#line(this.#takeParts(), lines)
      start = end + 1
      end = bytes.indexOf(newline, start)
    }
    const { buffer, byteOffset } = chunk
    while (end !== -1) {
      const stop = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end
      const line = new Uint8Array(buffer, byteOffset + start, stop - start)
      if (stop - start > this.#lineBytesMax) this.#cut(line, lines)
      else lines.push(line)
      start = end + 1
      end = bytes.indexOf(newline, start)
    }
    if (start < chunk.byteLength) this.#keep(start === 0 ? chunk : chunk.subarray(start), lines)
    return lines
  }

  /** The last line, if it had no end. */
  end(): Uint8Array[] {
    const lines: Uint8Array[] = []
    if (this.#partBytes > 0) this.#cut(this.#takeParts(), lines)
    return lines
  }

  #line(line: Uint8Array, lines: Uint8Array[]): void {
    this.#cut(line.at(-1) === carriageReturn ? line.subarray(0, -1) : line, lines)
  }

  #keep(part: Uint8Array, lines: Uint8Array[]): void {
    this.#parts.push(part)
    this.#partBytes += part.byteLength
    // One byte over the limit may be the carriage return of the line's end: only with two is it certain that the line is too long.
    if (this.#partBytes < this.#lineBytesMax + 2) return
    let rest = this.#takeParts()
    while (rest.byteLength >= this.#lineBytesMax + 2) {
      const end = this.#pieceEnd(rest)
      lines.push(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
    this.#parts = [rest]
    this.#partBytes = rest.byteLength
  }

  #cut(line: Uint8Array, lines: Uint8Array[]): void {
    let rest = line
    while (rest.byteLength > this.#lineBytesMax) {
      const end = this.#pieceEnd(rest)
      lines.push(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
    lines.push(rest)
  }

  /** Where the first piece of a line that is too long ends: not inside of a UTF-8 character. */
  #pieceEnd(line: Uint8Array): number {
    for (let end = this.#lineBytesMax; end > this.#lineBytesMax - 4; end--) {
      if (((line[end] as number) & 0xc0) !== 0x80) return end
    }
    return this.#lineBytesMax
  }

  #takeParts(): Uint8Array {
    const parts = this.#parts
    this.#parts = []
    this.#partBytes = 0
    return parts.length === 1 ? (parts[0] as Uint8Array) : new Uint8Array(Buffer.concat(parts))
  }
}
