import { DatabaseSync } from 'node:sqlite'
import { seededRandom } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { IdRanges } from './id-ranges.ts'
import { idRuns } from './id-runs.ts'

function newRanges(): { readonly ranges: IdRanges; readonly rows: () => number } {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE id_range (prefix TEXT, first INTEGER, last INTEGER, PRIMARY KEY (prefix, first)) WITHOUT ROWID')
  const count = database.prepare('SELECT count(*) AS rows FROM id_range')
  return { ranges: new IdRanges(database), rows: () => (count.get() as { rows: number }).rows }
}

describe('idRuns', () => {
  it('joins ids that follow each other, and keeps the others whole', () => {
    const ids = ['p-y', 'p-z', 'p-10', 'p-12', 'q-1', 'p-01', 'plain', 'p--1', 'p-A', 'p-zzzzzzzzzzz', '-5']
    expect(idRuns(ids)).toEqual([
      { prefix: 'p', first: 34, length: 3 },
      { prefix: 'p', first: 38, length: 1 },
      { prefix: 'q', first: 1, length: 1 },
      { prefix: 'p-01', first: -1, length: 1 },
      { prefix: 'plain', first: -1, length: 1 },
      { prefix: 'p-', first: 1, length: 1 },
      { prefix: 'p-A', first: -1, length: 1 },
      { prefix: 'p-zzzzzzzzzzz', first: -1, length: 1 },
      { prefix: '-5', first: -1, length: 1 },
    ])
  })
})

describe('IdRanges', () => {
  it('keeps what follows each other as one range', () => {
    const { ranges, rows } = newRanges()
    for (const first of [0, 200, 100]) expect(ranges.claim({ prefix: 'p', first, length: 100 })).toEqual([])
    expect(rows()).toBe(1)
    expect(ranges.claim({ prefix: 'p', first: 250, length: 100 })).toEqual([[0, 50]])
    expect(rows()).toBe(1)
  })

  it('says the same as a set of ids, for any runs in any order', () => {
    const random = seededRandom(7)
    const { ranges } = newRanges()
    const known = new Set<string>()
    for (let round = 0; round < 3_000; round++) {
      const prefix = random() < 0.5 ? 'a' : 'b'
      const first = Math.floor(random() * 2_000) - 1
      const length = first < 0 ? 1 : 1 + Math.floor(random() * 8)
      const expected: number[] = []
      for (let at = 0; at < length; at++) {
        const id = `${prefix}${first + at}`
        if (known.has(id)) expected.push(at)
        known.add(id)
      }
      const found = ranges.claim({ prefix, first, length }).flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at))
      expect(found.sort((a, b) => a - b)).toEqual(expected)
    }
  })
})
