import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { RecordFormatError } from './codec-error.ts'
import { decompressLz4 } from './lz4.ts'
import { decompressSnappy } from './snappy.ts'
import { zstdContentBytes } from './zstd-content-bytes.ts'

/** How records that are put are compressed. */
export type Compression = 'none' | 'gzip' | 'zstd'

/** Codes in the attributes of a record batch. */
export const compressionCodes: Readonly<Record<Compression | 'snappy' | 'lz4', number>> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }

/** Below it the way to another thread and back costs more than the work. */
const inlineBytesMax = 16 * 1024

/** Records of a batch, decompressed. A larger batch is refused rather than read. */
const decompressedBytesMax = 256 * 1024 * 1024

/** Text of logs gains little from higher levels, and pays for each in CPU. */
const zstdLevel = { [zlib.constants.ZSTD_c_compressionLevel]: 1 }

const gzip = promisify(zlib.gzip)
const gunzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gunzip)
const zstdCompress = promisify<zlib.InputType, zlib.ZstdOptions, Buffer>(zlib.zstdCompress)
const zstdDecompress = promisify<zlib.InputType, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress)

/** Compresses, on another thread where that is worth it. */
export async function compress(bytes: Uint8Array, compression: Compression): Promise<Uint8Array> {
  const inline = bytes.length <= inlineBytesMax
  switch (compression) {
    case 'none':
      return bytes
    case 'gzip':
      return inline ? zlib.gzipSync(bytes) : gzip(bytes)
    case 'zstd': {
      // The size goes into the frame, so that whoever decompresses it knows how much room to make.
      const options = { params: zstdLevel, pledgedSrcSize: bytes.length }
      return inline ? zlib.zstdCompressSync(bytes, options) : zstdCompress(bytes, options)
    }
  }
}

/** Decompresses what any producer may have sent: at once where it is little, on another thread where it is much. Throws `RecordFormatError`. */
export function decompress(bytes: Uint8Array, code: number): Uint8Array | Promise<Uint8Array> {
  const output = decompressed(bytes, code)
  if (!(output instanceof Promise)) return remember(bytes, output)
  return output.then((made) => remember(bytes, made))
}

function decompressed(bytes: Uint8Array, code: number): Uint8Array | Promise<Uint8Array> {
  const inline = bytes.length <= inlineBytesMax
  const options = { maxOutputLength: decompressedBytesMax, chunkSize: outputChunkBytes(bytes, code) }
  try {
    switch (code) {
      case compressionCodes.none:
        return bytes
      case compressionCodes.gzip:
        return inline ? zlib.gunzipSync(bytes, options) : gunzip(bytes, options).catch(damaged)
      case compressionCodes.snappy:
        return decompressSnappy(bytes, decompressedBytesMax)
      case compressionCodes.lz4:
        return decompressLz4(bytes, decompressedBytesMax)
      case compressionCodes.zstd:
        return inline ? zlib.zstdDecompressSync(bytes, options) : zstdDecompress(bytes, options).catch(damaged)
      default:
        throw new RecordFormatError(`A batch of records is compressed in a way that has the unknown code ${code}.`)
    }
  } catch (error) {
    return damaged(error)
  }
}

/** How many times as large as its input an output is likely to be at most: what came lately, and some more. */
let likelyRatio = 8

function remember(input: Uint8Array, output: Uint8Array): Uint8Array {
  const ratio = (output.length / Math.max(1, input.length)) * 1.25
  likelyRatio = Math.min(64, Math.max(2, ratio, likelyRatio * 0.98))
  return output
}

/** Large enough that the output seldom comes in more than one piece: several would have to be joined. One byte more than it takes, or a second piece is made. */
function outputChunkBytes(bytes: Uint8Array, code: number): number {
  const said = code === compressionCodes.zstd ? zstdContentBytes(bytes) : undefined
  return Math.min(16 * 1024 * 1024, Math.max(1_024, said === undefined ? Math.ceil(bytes.length * likelyRatio) : said + 1))
}

function damaged(error: unknown): never {
  if (error instanceof RecordFormatError) throw error
  throw new RecordFormatError(`A batch of records cannot be decompressed: ${error instanceof Error ? error.message : String(error)}.`)
}
