import { RecordFormatError } from './codec-error.ts'
import { GrowingBytes } from './growing-bytes.ts'

/** What Java's producers begin with: 0x82, "SNAPPY", 0, then two version numbers of four bytes. */
const framedMagic = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]
const framedHeaderBytes = 16

/**
 * Decompresses Snappy, as one raw block (librdkafka) or as a sequence of blocks with their lengths (Java).
 * Format: https://github.com/google/snappy/blob/main/format_description.txt. Throws `RecordFormatError`.
 */
export function decompressSnappy(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const framed = bytes.length >= framedHeaderBytes && framedMagic.every((byte, at) => bytes[at] === byte)
  const output = new GrowingBytes(Math.max(1_024, bytes.length * 3), bytesMax)
  if (!framed) {
    decompressBlock(bytes, 0, bytes.length, output)
    return output.view()
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = framedHeaderBytes; at < bytes.length; ) {
    const size = at + 4 <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY
    at += 4
    if (at + size > bytes.length) throw new RecordFormatError('A Snappy block is cut short.')
    decompressBlock(bytes, at, at + size, output)
    at += size
  }
  return output.view()
}

function decompressBlock(bytes: Uint8Array, from: number, to: number, output: GrowingBytes): void {
  let at = from
  const little = (count: number): number => {
    if (at + count > to) throw new RecordFormatError('A Snappy block is cut short.')
    let value = 0
    for (let index = 0; index < count; index++) value += (bytes[at++] as number) * 2 ** (8 * index)
    return value
  }
  // The uncompressed length leads; what follows tells it anyway.
  while (at < to && (bytes[at++] as number) >= 128);
  while (at < to) {
    const tag = bytes[at++] as number
    if ((tag & 3) === 0) {
      const code = tag >>> 2
      const length = 1 + (code < 60 ? code : little(code - 59))
      if (at + length > to) throw new RecordFormatError('A literal of a Snappy block ends outside of it.')
      output.append(bytes, at, length)
      at += length
    } else if ((tag & 3) === 1) {
      output.repeat(((tag >>> 5) << 8) + little(1), 4 + ((tag >>> 2) & 7))
    } else {
      output.repeat(little((tag & 3) === 2 ? 2 : 4), 1 + (tag >>> 2))
    }
  }
}
