import { expect, it } from 'vitest'
import { Buckets } from './buckets.ts'
import { TokenBucket } from './token-bucket.ts'

const rate = { countPerSecond: 1_000, bytesPerSecond: 1_000_000 }

it('holds a second of its rate, and fills at it', () => {
  const bucket = new TokenBucket(rate, 0)
  expect(bucket.tryTake(1_000, 1_000, 0)).toBe(true)
  expect(bucket.tryTake(1, 0, 0.5)).toBe(false)
  expect(bucket.tryTake(1, 0, 1)).toBe(true)
  expect(bucket.tryTake(1_001, 0, 60_000)).toBe(true)
  expect(bucket.tryTake(1, 0, 60_001)).toBe(false)
})

it('takes both or nothing', () => {
  const bucket = new TokenBucket(rate, 0)
  expect(bucket.tryTake(1, 1_000_000, 0)).toBe(true)
  expect(bucket.tryTake(999, 1, 0)).toBe(false)
  expect(bucket.tryTake(999, 0, 0)).toBe(true)
})

it('is in debt after more than it holds', () => {
  const bucket = new TokenBucket(rate, 0)
  expect(bucket.tryTake(1, 1, 0)).toBe(true)
  expect(bucket.tryTake(1, 3_000_000, 0)).toBe(false)
  expect(bucket.tryTake(1, 3_000_000, 1)).toBe(true)
  expect(bucket.tryTake(1, 1, 2_000)).toBe(false)
  expect(bucket.tryTake(1, 1, 2_003)).toBe(true)
  expect([bucket.isFull(3_000), bucket.isFull(3_004)]).toEqual([false, true])
})

it('gains nothing from a clock that is set back', () => {
  const bucket = new TokenBucket(rate, 10_000)
  expect(bucket.tryTake(1_000, 1, 10_000)).toBe(true)
  expect(bucket.tryTake(1, 1, 0)).toBe(false)
  expect(bucket.tryTake(1, 1, 1)).toBe(true)
})

it('is forgotten with its key when nothing is lost by that', () => {
  const buckets = new Buckets<TokenBucket>(
    (_key, now) => new TokenBucket(rate, now),
    (bucket, now) => bucket.isFull(now),
  )
  buckets.get('in debt', 0).tryTake(1, 9_000_000, 0)
  for (let key = 0; key < 5_000; key++) buckets.get(`key ${key}`, key).tryTake(1, 1, key)
  expect(buckets.size).toBeLessThan(2_500)
  expect(buckets.get('in debt', 7_999).tryTake(1, 1, 7_999)).toBe(false)
})
