import { describe, expect, it } from 'vitest'
import type { IndexFactory } from './index-under-test.ts'
import { fill, logDocument, noon } from './index-under-test.ts'

const minute = 60_000

export function aggregationConformance(factory: IndexFactory): void {
  describe('aggregations', () => {
    it('count the values of a field, the most frequent first', async () => {
      await using subject = await factory()
      const levels = ['info', 'warn', 'info', 'error', 'info', 'warn', undefined]
      await fill(
        subject,
        levels.map((level, at) => logDocument(`a-${at}`, noon + at, level === undefined ? {} : { log: { level } })),
      )
      const { aggregations } = await subject.index.search({
        size: 0,
        aggregations: { top: { type: 'terms', field: 'log.level', size: 2 }, all: { type: 'terms', field: 'log.level', size: 10 } },
      })
      expect(aggregations['top']).toEqual([bucket('info', 3), bucket('warn', 2)])
      expect(aggregations['all']).toEqual([bucket('info', 3), bucket('warn', 2), bucket('error', 1)])
    })

    it('count a document once for each of its values, and keep numbers numbers', async () => {
      await using subject = await factory()
      await fill(subject, [
        logDocument('n-1', noon, { event: { category: ['web', 'network', 'web'] }, http: { response: { status_code: 500 } } }),
        logDocument('n-2', noon, { event: { category: 'web' }, http: { response: { status_code: 200 } } }),
        logDocument('n-3', noon, { http: { response: { status_code: 200 } }, items: [{ ok: true }, { ok: true }, { ok: false }] }),
      ])
      const { aggregations } = await subject.index.search({
        size: 0,
        aggregations: {
          category: { type: 'terms', field: 'event.category', size: 10 },
          status: { type: 'terms', field: 'http.response.status_code', size: 10 },
          none: { type: 'terms', field: 'no.such', size: 10 },
        },
      })
      expect(aggregations).toEqual({
        category: [bucket('web', 2), bucket('network', 1)],
        status: [bucket(200, 2), bucket(500, 1)],
        none: [],
      })
    })

    it('count by time, of what the query and the range select, whatever the page', async () => {
      await using subject = await factory()
      const documents = Array.from({ length: 120 }, (_, at) =>
        logDocument(`h-${at}`, noon + at * 2_000, { log: { level: at % 3 === 0 ? 'error' : 'info' } }),
      )
      await fill(subject, documents)
      const result = await subject.index.search({
        size: 5,
        query: 'log.level:error',
        from: noon + minute,
        to: noon + 3 * minute,
        trackTotal: true,
        aggregations: { time: { type: 'date_histogram', intervalMs: minute } },
      })
      expect(result.aggregations['time']).toEqual([bucket(noon + minute, 10), bucket(noon + 2 * minute, 10)])
      expect(result.hits).toHaveLength(5)
      expect(result.total).toBe(20)
    })
  })
}

function bucket(key: string | number, count: number): object {
  return { key, count }
}
