import { expect, it } from 'vitest'
import { laneOfKey } from './lane-of-key.ts'

it.each([2, 3, 7, 10])('spreads keys over %i lanes, evenly', (lanes) => {
  const counts = Array.from({ length: lanes }, () => 0)
  for (let key = 0; key < 10_000; key++) {
    const lane = laneOfKey(`service-${key}`, lanes)
    counts[lane] = (counts[lane] ?? Number.NaN) + 1
  }
  for (const count of counts) expect(Math.abs(count / (10_000 / lanes) - 1)).toBeLessThan(0.15)
})
