import { expect } from 'vitest'
import { eventually, exhaust } from './helpers.ts'
import type { Promises } from './subject.ts'

/** So slow that nothing comes back while a test runs. */
const slow = { countPerSecond: 100, bytesPerSecond: 1e12 }

export const ratePromises: Promises = {
  async 'gives out what comes in a second at once, and more as it comes'(subject) {
    const rate = { countPerSecond: 1_000, bytesPerSecond: 1_000_000 }
    const limiter = (await subject.open()).rateLimiter('write', rate)
    const before = performance.now()
    const taken = await exhaust(limiter, 's', 10, 100)
    const elapsedMs = performance.now() - before
    expect(taken * 10).toBeGreaterThanOrEqual(1_000 - 10)
    expect(taken * 10).toBeLessThanOrEqual(1_000 + elapsedMs)
    await eventually('more has come', () => limiter.take('s', 10, 100))
  },

  async 'takes both or nothing'(subject) {
    const limiter = (await subject.open()).rateLimiter('write', { countPerSecond: 1_000, bytesPerSecond: 0.1 * 1_000 })
    expect(await limiter.take('s', 1, 100)).toBe(true)
    expect(await limiter.take('s', 1, 100)).toBe(false)
    // Without bytes, the count that the refused call asked for is still there.
    expect(await exhaust(limiter, 's', 500, 0)).toBeGreaterThanOrEqual(1)
  },

  async 'keeps keys apart'(subject) {
    const limiter = (await subject.open()).rateLimiter('write', slow)
    await exhaust(limiter, 'a', 10, 1)
    expect(await limiter.take('a', 50, 1)).toBe(false)
    expect(await limiter.take('b', 50, 1)).toBe(true)
    expect(limiter.tryTake('b', 51, 1)).toBe(false)
  },

  async 'allows what is larger than a full bucket once it is full, and has it paid off'(subject) {
    const limiter = (await subject.open()).rateLimiter('write', { countPerSecond: 1_000, bytesPerSecond: 10_000 })
    expect(await limiter.take('s', 1, 13_000)).toBe(true)
    expect(await limiter.take('s', 1, 1)).toBe(false)
    await eventually('the debt is paid off', () => limiter.take('s', 1, 1))
  },

  async 'counts what it answered'(subject) {
    const coordination = await subject.open()
    const limiter = coordination.rateLimiter('write', slow)
    const taken = await exhaust(limiter, 'a', 10, 1)
    const rates = coordination.stats().rates.get('write')
    expect(rates).toEqual({ granted: taken, refused: 1, keys: 1 })
    expect(coordination.rateLimiter('write', slow)).toBe(limiter)
    expect(() => coordination.rateLimiter('write', { ...slow, countPerSecond: 1 })).toThrow('"countPerSecond":100')
    expect(() => coordination.rateLimiter('read', { countPerSecond: 0, bytesPerSecond: 1 })).toThrow('is 0; it has to be above 0')
  },
}
