import { expect, it } from 'vitest'
import { formatSequenceNumber, parseSequenceNumber } from './sequence-number.ts'

const shard = { shardId: 'shardId-000000000017', index: 17, createdTimestamp: 1_763_700_000_000 }

it('has the look of the numbers of Kinesis: 56 digits that begin with 49', () => {
  expect(formatSequenceNumber(shard, 0, 1_763_700_001_000)).toMatch(/^49\d{54}$/)
})

it('comes back as it went in', () => {
  for (const position of [0, 1, 255, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    expect(parseSequenceNumber(formatSequenceNumber(shard, position, 1_763_700_001_999))).toEqual({
      shardIndex: 17,
      shardCreatedTimestamp: 1_763_700_000_000,
      position,
      arrivalTimestamp: 1_763_700_001_000,
    })
  }
})

it('sorts as positions do, whatever the times', () => {
  const earlier = BigInt(formatSequenceNumber(shard, 41, 1_763_709_999_000))
  const later = BigInt(formatSequenceNumber(shard, 42, 1_763_700_001_000))
  expect(later > earlier).toBe(true)
})

it.each(['', '0', 'abc', '49', '4'.repeat(56), '-1', '9'.repeat(56), '1'.repeat(55)])('refuses %s', (text) => {
  expect(parseSequenceNumber(text)).toBeUndefined()
})
