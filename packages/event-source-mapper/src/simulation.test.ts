import { expect, it } from 'vitest'
import { Simulation } from './simulation/simulation.ts'

// `SEED=7 npx vitest run simulation` runs that one alone.
const only = process.env['SEED']
const seeds = only === undefined ? Array.from({ length: 300 }, (_, index) => index) : [Number(only)]

it('keeps its promises whatever fails, and whenever', async () => {
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
