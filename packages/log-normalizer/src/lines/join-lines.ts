const newline = 0x0a

/** One run of bytes with `\n` between the lines. Lines that already stand so in one buffer are not copied. */
export function joinLines(lines: readonly Uint8Array[]): Uint8Array {
  const first = lines[0] as Uint8Array
  if (lines.length === 1) return first
  let end = first.byteOffset + first.byteLength
  let bytes = first.byteLength
  let contiguous = true
  const memory = new Uint8Array(first.buffer)
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] as Uint8Array
    contiguous &&= line.buffer === first.buffer && line.byteOffset === end + 1 && memory[end] === newline
    end = line.byteOffset + line.byteLength
    bytes += 1 + line.byteLength
  }
  if (contiguous) return new Uint8Array(first.buffer, first.byteOffset, bytes)
  const joined = new Uint8Array(bytes)
  let offset = 0
  for (const line of lines) {
    joined.set(line, offset)
    offset += line.byteLength
    if (offset < bytes) joined[offset++] = newline
  }
  return joined
}
