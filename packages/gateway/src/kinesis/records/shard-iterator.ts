import { createHmac } from 'node:crypto'
import { KinesisError } from '../kinesis-error.ts'

/** Kinesis's: an iterator may be used for so long. */
const lifetimeMs = 300_000
const macBytes = 12
const headBytes = 1 + 6 + 7 + 4
const version = 1

/** A place in a shard, as GetShardIterator and GetRecords answer it. */
export interface ShardIterator {
  readonly streamName: string
  readonly shardIndex: number
  readonly position: number
  /** Milliseconds since the epoch. */
  readonly issuedAt: number
}

/** `incarnation`: of the stream; nobody who does not know it can make an iterator, and one of a stream that is gone is none of its namesake. */
export function writeShardIterator({ streamName, shardIndex, position, issuedAt }: ShardIterator, incarnation: string): string {
  const name = Buffer.from(streamName)
  const bytes = Buffer.allocUnsafe(headBytes + name.byteLength + macBytes)
  bytes[0] = version
  bytes.writeUIntBE(issuedAt, 1, 6)
  bytes[7] = Math.floor(position / 2 ** 48)
  bytes.writeUIntBE(position % 2 ** 48, 8, 6)
  bytes.writeUInt32BE(shardIndex, 14)
  name.copy(bytes, headBytes)
  mac(bytes.subarray(0, -macBytes), incarnation).copy(bytes, headBytes + name.byteLength)
  return bytes.toString('base64')
}

/** An iterator that was read, and may be another's: `verify` it. */
export interface UnverifiedIterator extends ShardIterator {
  /** Throws `InvalidArgumentException` for what was made by nobody, `ExpiredIteratorException` for what was made more than 5 minutes ago. */
  verify(incarnation: string, now: number): void
}

/** Throws `InvalidArgumentException`. */
export function readShardIterator(text: string): UnverifiedIterator {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.byteLength <= headBytes + macBytes || bytes[0] !== version || bytes.toString('base64') !== text) throw invalid()
  const signed = bytes.subarray(0, -macBytes)
  const issuedAt = bytes.readUIntBE(1, 6)
  return {
    streamName: signed.subarray(headBytes).toString('utf8'),
    shardIndex: bytes.readUInt32BE(14),
    position: (bytes[7] as number) * 2 ** 48 + bytes.readUIntBE(8, 6),
    issuedAt,
    verify: (incarnation, now) => {
      if (!mac(signed, incarnation).equals(bytes.subarray(-macBytes))) throw invalid()
      if (now - issuedAt > lifetimeMs) throw expired(issuedAt, now)
    },
  }
}

function mac(bytes: Uint8Array, key: string): Buffer {
  return createHmac('sha256', key).update(bytes).digest().subarray(0, macBytes)
}

function invalid(): KinesisError {
  return new KinesisError('InvalidArgumentException', 'Invalid ShardIterator.')
}

function expired(issuedAt: number, now: number): KinesisError {
  return new KinesisError(
    'ExpiredIteratorException',
    `Iterator expired. The iterator was created at time ${new Date(issuedAt).toISOString()} while right now it is ${new Date(now).toISOString()} which is further in the future than the tolerated delay of ${lifetimeMs} milliseconds.`,
  )
}
