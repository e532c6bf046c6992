import { RecordFormatError } from './codec-error.ts'
import { GrowingBytes } from './growing-bytes.ts'

const magic = 0x184d2204

/**
 * Decompresses an LZ4 frame, with blocks that depend on each other or not. Checksums are skipped: the batch around the frame has its own.
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md. Throws `RecordFormatError`.
 */
export function decompressLz4(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 7 || view.getUint32(0, true) !== magic) throw new RecordFormatError('The compressed records are not an LZ4 frame.')
  const flags = bytes[4] as number
  const hasBlockChecksum = (flags & 0x10) !== 0
  let at = 7 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0)
  const output = new GrowingBytes(Math.max(1_024, bytes.length * 4), bytesMax)
  while (at + 4 <= bytes.length) {
    const header = view.getUint32(at, true)
    at += 4
    if (header === 0) return output.view()
    const size = header & 0x7fffffff
    if (at + size > bytes.length) break
    if (header >>> 31 === 1) output.append(bytes, at, size)
    else decompressBlock(bytes, at, at + size, output)
    at += size + (hasBlockChecksum ? 4 : 0)
  }
  throw new RecordFormatError('The LZ4 frame is cut short.')
}

function decompressBlock(bytes: Uint8Array, from: number, to: number, output: GrowingBytes): void {
  let at = from
  /** A length of 15 goes on in the bytes behind it, up to the first that is not 255. */
  const extended = (length: number): number => {
    let total = length
    for (let byte = 255; byte === 255 && at < to; total += byte) byte = bytes[at++] as number
    return total
  }
  while (at < to) {
    const token = bytes[at++] as number
    const literals = token >>> 4 === 15 ? extended(15) : token >>> 4
    if (at + literals > to) throw new RecordFormatError('A literal of an LZ4 block ends outside of it.')
    output.append(bytes, at, literals)
    at += literals
    if (at >= to) return
    if (at + 2 > to) throw new RecordFormatError('An LZ4 block is cut short.')
    const distance = (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
    at += 2
    output.repeat(distance, ((token & 15) === 15 ? extended(15) : token & 15) + 4)
  }
}
