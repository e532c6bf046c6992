import { seededRandom } from '@millrace/testing'
import { expect, it } from 'vitest'
import { DurationHistogram } from './duration-histogram.ts'

it.each([1, 2, 3, 4, 5])('knows quantiles to a tenth (seed %i)', (seed) => {
  const random = seededRandom(seed)
  const histogram = new DurationHistogram()
  const durations = Array.from({ length: 1 + Math.floor(random() * 300) }, () => 0.02 * 4e7 ** random())
  for (const duration of durations) histogram.record(duration)
  const sorted = durations.toSorted((a, b) => a - b)
  const { count, p50Ms, p99Ms, maxMs } = histogram.summary()
  expect([count, maxMs]).toEqual([durations.length, sorted.at(-1)])
  for (const [share, known] of [
    [0.5, p50Ms],
    [0.99, p99Ms],
  ] as const) {
    const exact = sorted[Math.ceil(share * sorted.length) - 1] as number
    expect(known).toBeGreaterThanOrEqual(exact * 0.999)
    expect(known).toBeLessThanOrEqual(exact * 1.1)
  }
})

it('has nothing to say of nothing', () => {
  expect(new DurationHistogram().summary()).toEqual({ count: 0, minMs: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 })
})
