import { describe, expect, it } from 'vitest'
import { InvalidSearchError, QuerySyntaxError } from '../errors.ts'
import type { SortKey } from '../log-index.ts'
import type { IndexFactory, IndexUnderTest } from './index-under-test.ts'
import { fill, idsOf, logDocument, noon } from './index-under-test.ts'

const hour = 3_600_000

export function searchConformance(factory: IndexFactory): void {
  describe('searching', () => {
    it('finds nothing in an empty index', async () => {
      await using subject = await factory()
      expect(await subject.index.search({ size: 10, trackTotal: true })).toMatchObject({ hits: [], total: 0, aggregations: {} })
      expect(await subject.index.stats()).toMatchObject({ documents: 0 })
    })

    it('answers newest first, or oldest first, as many as asked for, and the total', async () => {
      await using subject = await factory()
      await fill(
        subject,
        [3, 1, 4, 2, 5].map((at) => logDocument(`d-${at}`, noon + at)),
      )
      expect(await idsOf(subject, {})).toEqual(['d-5', 'd-4', 'd-3', 'd-2', 'd-1'])
      expect(await idsOf(subject, { order: 'asc' })).toEqual(['d-1', 'd-2', 'd-3', 'd-4', 'd-5'])
      expect(await subject.index.search({ size: 2, trackTotal: true })).toMatchObject({ hits: [{ id: 'd-5' }, { id: 'd-4' }], total: 5 })
      expect(await subject.index.search({ size: 0, trackTotal: true })).toMatchObject({ hits: [], total: 5 })
    })

    it('takes times from inclusive, to exclusive, across days', async () => {
      await using subject = await factory()
      const times = [-30, -25, -24, -1, 0, 1, 11, 12, 13].map((hours) => noon + hours * hour)
      await fill(
        subject,
        times.map((time, at) => logDocument(`h-${at}`, time)),
      )
      expect(await idsOf(subject, { from: noon, to: noon + 12 * hour })).toEqual(['h-6', 'h-5', 'h-4'])
      expect(await idsOf(subject, { from: noon + 12 * hour })).toEqual(['h-8', 'h-7'])
      expect(await idsOf(subject, { to: noon - 24 * hour })).toEqual(['h-1', 'h-0'])
      expect(await subject.index.search({ size: 0, from: noon - 24 * hour, to: noon + 1, trackTotal: true })).toMatchObject({ total: 3 })
      expect(await idsOf(subject, { from: noon, to: noon })).toEqual([])
    })

    it.each(['desc', 'asc'] as const)('pages through documents of equal time without a gap or a repeat, %s', async (order) => {
      await using subject = await factory()
      const documents = Array.from({ length: 700 }, (_, at) => logDocument(`page-${at}`, noon + Math.floor(at / 250)))
      await fill(subject, documents)
      const all = await idsOf(subject, { order })
      expect(new Set(all).size).toBe(700)
      expect(await pages(subject, order, 90)).toEqual(all)
    })

    it('goes on paging while documents arrive', async () => {
      await using subject = await factory()
      await fill(
        subject,
        Array.from({ length: 100 }, (_, at) => logDocument(`old-${at}`, noon + at)),
      )
      const first = await subject.index.search({ size: 50 })
      await fill(
        subject,
        Array.from({ length: 100 }, (_, at) => logDocument(`new-${at}`, noon + 1_000 + at)),
      )
      const rest = await idsOf(subject, { searchAfter: first.hits.at(-1)?.sort as SortKey })
      expect(rest).toEqual(Array.from({ length: 50 }, (_, at) => `old-${49 - at}`))
    })

    it('tells about itself', async () => {
      await using subject = await factory()
      await fill(subject, [logDocument('s-1', noon - 48 * hour), logDocument('s-2', noon), logDocument('s-3', noon + 1)])
      const stats = await subject.index.stats()
      expect(stats).toMatchObject({ documents: 3, oldestTimestamp: noon - 48 * hour, newestTimestamp: noon + 1 })
      expect(stats.bytes).toBeGreaterThan(0)
    })

    it('refuses what cannot be searched for', async () => {
      await using subject = await factory()
      await expect(subject.index.search({ size: 1, query: 'level:(error' })).rejects.toThrow(QuerySyntaxError)
      await expect(subject.index.search({ size: 10_001 })).rejects.toThrow(InvalidSearchError)
      await expect(subject.index.search({ size: -1 })).rejects.toThrow(InvalidSearchError)
      await expect(subject.index.search({ size: 1, from: Number.NaN })).rejects.toThrow(InvalidSearchError)
      await expect(subject.index.search({ size: 0, aggregations: { t: { type: 'terms', field: 'a', size: 0 } } })).rejects.toThrow(
        InvalidSearchError,
      )
    })
  })
}

async function pages(subject: IndexUnderTest, order: 'asc' | 'desc', size: number): Promise<string[]> {
  const ids: string[] = []
  let after: SortKey | undefined
  for (;;) {
    const { hits } = await subject.index.search({ size, order, ...(after === undefined ? {} : { searchAfter: after }) })
    if (hits.length === 0) return ids
    ids.push(...hits.map(({ id }) => id))
    after = hits.at(-1)?.sort
  }
}
