import { expect, it } from 'vitest'
import { hashKeyEnd, hashKeyOf, parseHashKey, splitHashKeys } from './hash-key.ts'

it('is the MD5 of the UTF-8 bytes', () => {
  // MD5 of the empty text is d41d8cd98f00b204e9800998ecf8427e.
  expect(hashKeyOf('')).toBe(0xd41d8cd98f00b204e9800998ecf8427en)
  expect(hashKeyOf('é')).toBe(hashKeyOf('\u00e9'))
})

it('splits as Kinesis does: three shards have the ranges that its documentation shows', () => {
  expect(splitHashKeys(3)).toEqual([
    { startingHashKey: 0n, endingHashKey: 113427455640312821154458202477256070484n },
    { startingHashKey: 113427455640312821154458202477256070485n, endingHashKey: 226854911280625642308916404954512140969n },
    { startingHashKey: 226854911280625642308916404954512140970n, endingHashKey: hashKeyEnd - 1n },
  ])
})

it.each([1, 2, 7, 1_000, 10_000])('covers the whole space with %i ranges, end to end', (count) => {
  const ranges = splitHashKeys(count)
  expect(ranges).toHaveLength(count)
  expect(ranges[0]?.startingHashKey).toBe(0n)
  expect(ranges.at(-1)?.endingHashKey).toBe(2n ** 128n - 1n)
  for (let at = 1; at < count; at++) expect(ranges[at]?.startingHashKey).toBe((ranges[at - 1]?.endingHashKey ?? 0n) + 1n)
})

it('reads explicit hash keys as AWS writes them', () => {
  expect(parseHashKey('0')).toBe(0n)
  expect(parseHashKey((hashKeyEnd - 1n).toString())).toBe(hashKeyEnd - 1n)
  for (const text of ['', '00', '01', '-1', '1.0', '1e3', ' 1', '0x1', hashKeyEnd.toString(), '9'.repeat(40)]) {
    expect(parseHashKey(text)).toBeUndefined()
  }
})
