import { expect, it } from 'vitest'
import { identityOf, line, recordsOf } from './expected.ts'
import { Sightings } from './sightings.ts'

const expected = { sources: 2, records: 5 }

function summaryOf(...seen: readonly (readonly [source: number, sequence: number])[]): Sightings['summary'] {
  const sightings = new Sightings(expected)
  for (const [source, sequence] of seen) sightings.see(source, sequence)
  return sightings.summary
}

it('shares the records out, and finds them again by their lines', () => {
  expect([0, 1].map((source) => recordsOf(expected, source))).toEqual([3, 2])
  expect(identityOf(line(1, 77))).toEqual({ source: 1, sequence: 77 })
  expect(identityOf('something else')).toBeUndefined()
})

it('is content with every record once, each source in its order', () => {
  expect(summaryOf([0, 0], [1, 0], [0, 1], [0, 2], [1, 1])).toEqual({
    total: 5,
    distinct: 5,
    foreign: 0,
    missing: { count: 0, examples: [] },
    repeated: { count: 0, examples: [] },
    outOfOrder: { count: 0, examples: [] },
  })
})

it('names what is missing, what is there twice, and what is out of order', () => {
  expect(summaryOf([0, 2], [0, 1], [1, 0], [1, 1], [1, 0], [3, 0])).toMatchObject({
    total: 6,
    distinct: 4,
    foreign: 1,
    missing: { count: 1, examples: ['0-0'] },
    repeated: { count: 1, examples: ['1-0 (2 times)'] },
    outOfOrder: { count: 1, examples: ['0-1 after 0-2'] },
  })
})
