import { expect, it } from 'vitest'
import { planFaults } from './fault-plan.ts'

const minutes = (count: number): number => count * 60_000

it('follows from the seed', () => {
  const plan = (seed: number): unknown => planFaults({ seed, durationMs: minutes(5), processes: 3 })
  expect(plan(7)).toEqual(plan(7))
  expect(plan(7)).not.toEqual(plan(8))
})

it.each([0.5, 5, 20])('has every kind of fault within %f minutes, whatever the seed', (length) => {
  for (let seed = 0; seed < 200; seed++) {
    const faults = planFaults({ seed, durationMs: minutes(length), processes: 3 })
    const kinds = (kind: string): number => faults.filter((fault) => fault.kind === kind).length
    expect([kinds('restart-kafka'), kinds('stop-elasticsearch'), kinds('restart-redis'), kinds('flush-redis')]).toEqual([1, 1, 1, 2])
    expect(kinds('kill-millrace')).toBeGreaterThanOrEqual(2)
    expect(kinds('roll-over')).toBeGreaterThanOrEqual(3)
    expect(faults.every(({ atMs, target }) => atMs >= 0 && atMs < minutes(length) + 5_000 && target < 3)).toBe(true)
    const [kafka, elasticsearch] = ['restart-kafka', 'stop-elasticsearch'].map((kind) => faults.find((fault) => fault.kind === kind))
    expect(Math.abs((kafka?.atMs ?? 0) - (elasticsearch?.atMs ?? 0))).toBeGreaterThan(0)
  }
})
