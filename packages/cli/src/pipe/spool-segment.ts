import { crc32 } from 'node:zlib'
import { NewerVersionError } from '@millrace/stream'

/*
 * A spool's file: u32 magic "MRSP", u32 version, then frames. Little-endian.
 *
 *   u32 bytes of the payload | u32 CRC-32 of count and payload | u32 count of records | payload: a batch as `encodePutRecords` made it
 *
 * The file's name is `<number>-<offset>.spool`: frames before the offset were sent. The offset moves by renaming, which is atomic.
 */
const magic = 0x5053524d
const version = 1
export const segmentHeaderBytes = 8
export const frameHeaderBytes = 12

export function encodeSegmentHeader(): Buffer {
  const header = Buffer.alloc(segmentHeaderBytes)
  header.writeUInt32LE(magic, 0)
  header.writeUInt32LE(version, 4)
  return header
}

/** Whether the bytes are a segment's header. Throws `NewerVersionError` for that of a newer Millrace. */
export function checkSegmentHeader(bytes: Buffer, path: string): boolean {
  if (bytes.byteLength < segmentHeaderBytes || bytes.readUInt32LE(0) !== magic) return false
  if (bytes.readUInt32LE(4) > version) throw new NewerVersionError(`The spool segment ${path}`, bytes.readUInt32LE(4), version)
  return true
}

export interface FrameHeader {
  readonly payloadBytes: number
  readonly checksum: number
  /** Records in the payload. */
  readonly count: number
}

export function encodeFrameHeader(payload: Uint8Array, count: number): Buffer {
  const header = Buffer.alloc(frameHeaderBytes)
  header.writeUInt32LE(payload.byteLength, 0)
  header.writeUInt32LE(count, 8)
  header.writeUInt32LE(checksumOf(header, payload), 4)
  return header
}

export function decodeFrameHeader(bytes: Buffer): FrameHeader {
  return { payloadBytes: bytes.readUInt32LE(0), checksum: bytes.readUInt32LE(4), count: bytes.readUInt32LE(8) }
}

/** Whether the payload is the one that the header was written for. */
export function isSound(header: Buffer, payload: Uint8Array): boolean {
  return checksumOf(header, payload) === header.readUInt32LE(4)
}

function checksumOf(header: Buffer, payload: Uint8Array): number {
  return crc32(payload, crc32(header.subarray(8, 12)))
}

export function segmentName(number: number, offset: number): string {
  return `${number.toString().padStart(10, '0')}-${offset}.spool`
}

/** Number and offset of a segment's name; undefined for any other file. */
export function parseSegmentName(name: string): { readonly number: number; readonly offset: number } | undefined {
  const match = /^(\d{10})-(\d{1,15})\.spool$/.exec(name)
  return match === null ? undefined : { number: Number(match[1]), offset: Number(match[2]) }
}
