import { crc32 } from 'node:zlib'

const preludeBytes = 12
const crcBytes = 4
const stringType = 7

/**
 * One message of `application/vnd.amazon.eventstream`: lengths, their CRC, headers (all of them text), payload, CRC of all.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function encodeEvent(headers: Readonly<Record<string, string>>, payload: Uint8Array): Uint8Array {
  const entries = Object.entries(headers).map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const)
  const headerBytes = entries.reduce((total, [name, value]) => total + 1 + name.byteLength + 1 + 2 + value.byteLength, 0)
  const message = Buffer.allocUnsafe(preludeBytes + headerBytes + payload.byteLength + crcBytes)
  message.writeUInt32BE(message.byteLength, 0)
  message.writeUInt32BE(headerBytes, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  let at = preludeBytes
  for (const [name, value] of entries) {
    at = message.writeUInt8(name.byteLength, at)
    at += name.copy(message, at)
    at = message.writeUInt8(stringType, at)
    at = message.writeUInt16BE(value.byteLength, at)
    at += value.copy(message, at)
  }
  message.set(payload, at)
  at += payload.byteLength
  message.writeUInt32BE(crc32(message.subarray(0, at)), at)
  return message
}
