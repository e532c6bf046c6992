import { Duplex } from 'node:stream'
import { createZstdCompress } from 'node:zlib'
import { seededRandom } from '@millrace/testing'
import { expect, it } from 'vitest'
import { RecordFormatError } from './codec-error.ts'
import { compress, compressionCodes, decompress } from './compression.ts'
import { decompressLz4 } from './lz4.ts'
import { decompressSnappy } from './snappy.ts'
import { zstdContentBytes } from './zstd-content-bytes.ts'

/** Text like a log's, of any length. */
function logs(bytes: number): Buffer {
  const random = seededRandom(bytes)
  let text = ''
  while (text.length < bytes) text += `GET /items/${Math.floor(random() * 1000)} 200 ${'x'.repeat(random() * 30)}\n`
  return Buffer.from(text.slice(0, bytes))
}

/** Compresses as it goes, without knowing how much is to come. */
function zstdStream(): TransformStream<Uint8Array, Uint8Array> {
  return Duplex.toWeb(createZstdCompress())
}

/** An LZ4 frame around one block. */
function lz4Frame(...block: number[]): Uint8Array {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(block.length)
  return Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, ...size, ...block, 0, 0, 0, 0])
}

it.each(['none', 'gzip', 'zstd'] as const)('gives back what was compressed with %s, little and much', async (compression) => {
  for (const size of [0, 1, 1_000, 20_000, 300_000]) {
    const bytes = logs(size)
    const packed = await compress(bytes, compression)
    expect(Buffer.compare(await decompress(packed, compressionCodes[compression]), bytes)).toBe(0)
    if (compression !== 'none' && size >= 1_000) expect(packed.length).toBeLessThan(size / 2)
  }
})

it('says in a zstd frame how much it holds, and does without where another producer does not', async () => {
  for (const size of [200, 400, 70_000, 300_000]) expect(zstdContentBytes(await compress(logs(size), 'zstd'))).toBe(size)
  const unsaid = await new Response(new Blob([logs(5_000)]).stream().pipeThrough(zstdStream())).bytes()
  expect(zstdContentBytes(unsaid)).toBeUndefined()
  expect(Buffer.compare(await decompress(unsaid, compressionCodes.zstd), logs(5_000))).toBe(0)
})

it('repeats what lies behind, also where source and target overlap', () => {
  // Literal "ab", then 10 bytes from 2 back, then the last literal "z".
  expect(Buffer.from(decompressLz4(lz4Frame(0x26, 97, 98, 2, 0, 0x10, 122), 1_000)).toString()).toBe('ababababababz')
  // The same in Snappy: a literal, a copy with a one-byte offset, a literal.
  const snappy = Uint8Array.from([13, 0x04, 97, 98, ((10 - 4) << 2) | 1, 2, 0x00, 122])
  expect(Buffer.from(decompressSnappy(snappy, 1_000)).toString()).toBe('ababababababz')
})

it('refuses what is damaged, cut short or refers to nothing', async () => {
  const wrong = [
    () => decompressLz4(Buffer.from('no frame at all'), 1_000),
    () => decompressLz4(lz4Frame(0x26, 97, 98, 9, 0, 0x10, 122), 1_000),
    () => decompressLz4(lz4Frame(0xf0, 97), 1_000),
    () => decompressLz4(lz4Frame(0x10, 97).subarray(0, 12), 1_000),
    () => decompressSnappy(Uint8Array.from([4, 0x0c, 97]), 1_000),
    () => decompressSnappy(Uint8Array.from([4, 0x02, 9, 0]), 1_000),
    () => decompress(Buffer.from('not gzip'), compressionCodes.gzip),
    () => decompress(Buffer.from('not zstd'), compressionCodes.zstd),
    () => decompress(new Uint8Array(0), 5),
  ]
  for (const attempt of wrong) expect(attempt).toThrow(RecordFormatError)
  const noise = Uint8Array.from({ length: 50_000 }, (_, at) => (at * 7919) % 251)
  await expect(decompress(noise, compressionCodes.zstd)).rejects.toThrow(RecordFormatError)
})

it('stops at its bound, whatever a frame promises', () => {
  // A match of 255 * 100 bytes and more.
  const bomb = lz4Frame(0x1f, 97, 1, 0, ...Array.from<number>({ length: 100 }).fill(255), 0, 0x10, 122)
  expect(() => decompressLz4(bomb, 10_000)).toThrow(/10000/)
  expect(decompressLz4(bomb, 100_000).length).toBeGreaterThan(25_000)
})
