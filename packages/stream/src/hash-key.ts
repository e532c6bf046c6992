import { hash } from 'node:crypto'

/** First number that is not a hash key. */
export const hashKeyEnd: bigint = 2n ** 128n

/** A part of the space of hash keys, both ends inclusive. */
export interface HashKeyRange {
  readonly startingHashKey: bigint
  readonly endingHashKey: bigint
}

/** Kinesis's hash key of a partition key: the MD5 of its UTF-8 bytes as a 128-bit number. */
export function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${hash('md5', partitionKey, 'hex')}`)
}

/** Reads an explicit hash key; undefined for text that is not a decimal number below 2^128, written as AWS writes it. */
export function parseHashKey(text: string): bigint | undefined {
  if (!/^(?:0|[1-9]\d{0,38})$/.test(text)) return undefined
  const key = BigInt(text)
  return key < hashKeyEnd ? key : undefined
}

/** Splits the space of hash keys evenly, as Kinesis does: equal ranges, end to end, and the last takes the remainder. */
export function splitHashKeys(count: number): HashKeyRange[] {
  const size = hashKeyEnd / BigInt(count)
  return Array.from({ length: count }, (_, index) => ({
    startingHashKey: size * BigInt(index),
    endingHashKey: index === count - 1 ? hashKeyEnd - 1n : size * BigInt(index + 1) - 1n,
  }))
}
