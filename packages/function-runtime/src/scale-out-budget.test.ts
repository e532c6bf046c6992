import { describe, expect, it } from 'vitest'
import { ScaleOutBudget } from './scale-out-budget.ts'

function take(budget: ScaleOutBudget, now: number): number {
  let taken = 0
  while (budget.tryTake(now)) taken++
  return taken
}

describe('the budget for scaling out', () => {
  it('lets all come at once, and as many again within ten seconds', () => {
    const budget = new ScaleOutBudget(1_000, 0)
    expect(take(budget, 0)).toBe(1_000)
    expect(budget.waitMs(0)).toBe(10)
    expect(take(budget, 10)).toBe(1)
    expect(take(budget, 5_010)).toBe(500)
  })

  it('does not add up what was not used', () => {
    const budget = new ScaleOutBudget(10, 0)
    expect(take(budget, 3_600_000)).toBe(10)
  })

  it('has no end where there is no limit', () => {
    const budget = new ScaleOutBudget(Number.POSITIVE_INFINITY, 0)
    for (let count = 0; count < 5_000; count++) expect(budget.tryTake(0)).toBe(true)
    expect(budget.waitMs(1)).toBe(0)
  })
})
