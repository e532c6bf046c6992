import { SerializationException } from './model-error.ts'

/** Bytes as a request holds them: base64 from JSON, a view of the body from CBOR. */
export type BlobInput = string | Uint8Array

/** Length of a value in bytes, by its look; undefined for what is no blob. */
export function blobLength(value: unknown): number | undefined {
  if (typeof value === 'string') return Buffer.byteLength(value, 'base64')
  return value instanceof Uint8Array ? value.byteLength : undefined
}

/** The bytes. Throws `SerializationException` for what is not base64. */
export function blobBytes(value: BlobInput): Uint8Array {
  if (typeof value !== 'string') return value
  const bytes = Buffer.from(value, 'base64')
  // Decoding stops at what is no base64, and leaves out what is between.
  if (bytes.byteLength !== Buffer.byteLength(value, 'base64')) throw new SerializationException('A Blob is not sound base64.')
  return bytes
}
