import { describe, expect, it } from 'vitest'
import { AdaptiveConcurrency } from './adaptive-concurrency.ts'

/** As many invocations at once as the limit lets through, each of which answers the same. */
async function round(concurrency: AdaptiveConcurrency, count: number, overloaded: boolean): Promise<number> {
  let most = 0
  await Promise.all(
    Array.from({ length: count }, () =>
      concurrency.run(async (era) => {
        most = Math.max(most, concurrency.active)
        await Promise.resolve()
        concurrency.report(era, overloaded)
      }),
    ),
  )
  return most
}

describe('AdaptiveConcurrency', () => {
  it('follows the number of lanes up to its maximum', async () => {
    const concurrency = new AdaptiveConcurrency(8)
    concurrency.setLanes(4)
    expect(await round(concurrency, 20, false)).toBe(4)
    concurrency.setLanes(20)
    expect(await round(concurrency, 20, false)).toBe(8)
  })

  it('halves once for all that were under way together, and comes back step by step', async () => {
    const concurrency = new AdaptiveConcurrency(8)
    concurrency.setLanes(8)
    await round(concurrency, 8, true)
    expect(concurrency.limit).toBe(4)
    await round(concurrency, 4, false)
    expect(concurrency.limit).toBe(4)
    await round(concurrency, 2, false)
    expect(concurrency.limit).toBe(5)
    for (let count = 0; count < 10; count++) await round(concurrency, 8, false)
    expect(concurrency.limit).toBe(8)
  })

  it('halves from what was really under way', async () => {
    const concurrency = new AdaptiveConcurrency(100)
    concurrency.setLanes(100)
    await round(concurrency, 6, true)
    expect(concurrency.limit).toBe(3)
  })

  it('never goes below one', async () => {
    const concurrency = new AdaptiveConcurrency(8)
    concurrency.setLanes(8)
    for (let count = 0; count < 10; count++) await round(concurrency, 8, true)
    expect(concurrency.limit).toBe(1)
  })
})
