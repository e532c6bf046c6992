import { parseHashKey } from './hash-key.ts'
import { type PutRecord, recordLimits } from './record.ts'

/** Why a record can never be accepted, in words; undefined for a record within `recordLimits`. */
export function invalidPutRecord(record: PutRecord): string | undefined {
  const { partitionKey, explicitHashKey, data } = record
  if (partitionKey.length === 0) return 'The partition key is empty; it must have 1 to 256 characters.'
  if (partitionKey.length > recordLimits.partitionKeyCharsMax) {
    const characters = codePoints(partitionKey)
    if (characters > recordLimits.partitionKeyCharsMax) {
      return `The partition key has ${characters} characters; at most ${recordLimits.partitionKeyCharsMax} are allowed.`
    }
  }
  // A UTF-16 unit never takes more than 3 bytes, so that most records are cleared without counting.
  if (data.byteLength + partitionKey.length * 3 > recordLimits.recordBytesMax) {
    const bytes = data.byteLength + Buffer.byteLength(partitionKey)
    if (bytes > recordLimits.recordBytesMax) {
      return `The record has ${bytes} bytes with its partition key; at most ${recordLimits.recordBytesMax} are allowed.`
    }
  }
  if (explicitHashKey !== undefined && parseHashKey(explicitHashKey) === undefined) {
    return `The explicit hash key "${explicitHashKey.slice(0, 60)}" is not a decimal number from 0 to 2^128 - 1.`
  }
  return undefined
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
