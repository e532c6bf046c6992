const magic = 0xfd2fb528

/**
 * Bytes that a zstd frame holds, as its head says; undefined where it does not: producers that compress as they go do not know.
 * Format: https://github.com/facebook/zstd/blob/dev/doc/zstd_compression_format.md
 */
export function zstdContentBytes(frame: Uint8Array): number | undefined {
  if (frame.length < 18) return undefined
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint32(0, true) !== magic) return undefined
  const descriptor = view.getUint8(4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes
  switch (descriptor >>> 6) {
    case 0:
      return isSingleSegment ? view.getUint8(at) : undefined
    case 1:
      return view.getUint16(at, true) + 256
    case 2:
      return view.getUint32(at, true)
    default:
      return Number(view.getBigUint64(at, true))
  }
}
