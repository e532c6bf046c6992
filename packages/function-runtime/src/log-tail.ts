/** Keeps the last bytes of what was written, by lines as long as that is possible: Lambda's LogType Tail. */
export class LogTail {
  readonly #bytesMax: number
  #lines: string[] = []
  #chars = 0

  constructor(bytesMax = 4_096) {
    this.#bytesMax = bytesMax
  }

  add(line: string): void {
    this.#lines.push(line)
    this.#chars += line.length + 1
    // A character takes a byte at least, so that lines beyond as many characters cannot be in the tail.
    while (this.#chars - (this.#lines[0] as string).length - 1 >= this.#bytesMax) {
      this.#chars -= (this.#lines.shift() as string).length + 1
    }
  }

  /** The tail as text; it begins within a line where that line is too long. */
  toString(): string {
    const text = this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`
    if (text.length * 3 <= this.#bytesMax) return text
    const bytes = Buffer.from(text)
    if (bytes.byteLength <= this.#bytesMax) return text
    let start = bytes.byteLength - this.#bytesMax
    while (((bytes[start] as number) & 0xc0) === 0x80) start++
    return bytes.toString('utf8', start)
  }
}
