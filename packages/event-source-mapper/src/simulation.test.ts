import { expect, it } from 'vitest'
import { Simulation } from './simulation/simulation.ts'

// `SEEDS=7 vitest run simulation` runs that one alone, `SEEDS=1000-2000` runs these.
const [first, last] = (process.env['SEEDS'] ?? '0-299').split('-').map(Number)
const seeds = Array.from({ length: (last ?? (first as number)) - (first as number) + 1 }, (_, index) => (first as number) + index)

it('keeps its promises whatever fails, and whenever', { timeout: 60_000 + seeds.length * 100 }, async () => {
  for (const seed of seeds) {
    const simulation = new Simulation(seed)
    try {
      await simulation.run()
    } catch (error) {
      throw new Error(`Seed ${seed}: ${String(error)}\n${simulation.truth.history.join('\n')}`, { cause: error })
    }
  }
  expect(seeds.length).toBeGreaterThan(0)
})
