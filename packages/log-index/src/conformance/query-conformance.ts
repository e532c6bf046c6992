import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches } from '../kql/compile-query.ts'
import { parseQuery } from '../kql/parse-query.ts'
import { arbitraryFields, arbitraryQuery } from './arbitrary-documents.ts'
import { arbitraryMappedFields, arbitraryMappedQuery } from './arbitrary-mapped-documents.ts'
import type { ConformanceOptions, IndexFactory } from './index-under-test.ts'
import { fill, idsOf, logDocument, noon } from './index-under-test.ts'

const documents = [
  { message: 'Connection to db-1.example.com timed out', log: { level: 'error' }, service: { name: 'shop' } },
  { message: 'GET /api/users?id=7', http: { response: { status_code: 404 } }, service: { name: 'Shop' } },
  { message: 'GET /api/orders', http: { response: { status_code: 200 } }, source: { ip: '10.1.2.3' }, tags: ['slow', 'web'] },
  { message: 'out of time', log: { level: 'info' }, error: { message: 'Disk full' }, 'labels.build': 'x' },
]

/** What a query finds among `documents`, by their places. */
const examples: readonly (readonly [query: string, found: readonly number[]])[] = [
  ['', [0, 1, 2, 3]],
  ['*', [0, 1, 2, 3]],
  ['timed', [0]],
  ['TIMED', [0]],
  ['time', [3]],
  ['tim*', [0, 3]],
  ['out', [0, 3]],
  ['"timed out"', [0]],
  ['"out timed"', []],
  ['timed out', [0]],
  ['db-1.example.com', [0]],
  ['message:"example.com"', [0]],
  ['shop', [0, 1]],
  ['service.name:shop', [0]],
  ['service.name:sh*', [0]],
  ['service.name:(shop or Shop)', [0, 1]],
  ['http.response.status_code:404', [1]],
  ['http.response.status_code >= 400', [1]],
  ['http.response.status_code:>=200 and http.response.status_code < 300', [2]],
  ['http.response.status_code:*', [1, 2]],
  ['not http.response.status_code:*', [0, 3]],
  ['log.level:error or log.level:info', [0, 3]],
  ['get AND NOT log.level:* AND users', [1]],
  ['log.level:info or get users', [1, 3]],
  ['(log.level:info or get) and api', [1, 2]],
  ['tags:slow', [2]],
  ['tags:(slow and web)', [2]],
  ['source.ip:"10.0.0.0/8"', [2]],
  ['error.message:disk', [3]],
  ['labels.build:x', [3]],
  ['log.*:error', [0]],
  ['@timestamp:"2026-11-21"', [0, 1, 2, 3]],
  ['@timestamp < "2026-11-21"', []],
  ['/api/*', [1, 2]],
]

export function queryConformance(factory: IndexFactory, { documents: kind = 'any' }: ConformanceOptions): void {
  const isMapped = kind === 'mapped'
  describe('queries', () => {
    it('find what KQL says', async () => {
      await using subject = await factory()
      await fill(
        subject,
        documents.map((fields, at) => logDocument(`q-${at}`, noon + at, fields)),
      )
      for (const [query, found] of examples) {
        const ids = await idsOf(subject, { query, order: 'asc' })
        expect(ids, query).toEqual(found.map((at) => `q-${at}`))
      }
    })

    it('find exactly what their reference meaning selects, for any documents and any query', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(isMapped ? arbitraryMappedFields : arbitraryFields, { minLength: 1, maxLength: 30 }),
          fc.array(isMapped ? arbitraryMappedQuery : arbitraryQuery, { minLength: 1, maxLength: 20 }),
          async (fields, queries) => {
            await using subject = await factory()
            const written = fields.map((each, at) => logDocument(`r-${at}`, noon + at, each))
            await fill(subject, written)
            for (const query of queries) {
              const parsed = parseQuery(query)
              const expected = written.filter(({ source }) => matches(parsed, JSON.parse(source), { now: Date.now() })).map(({ id }) => id)
              const found = await subject.index.search({ size: 100, order: 'asc', query, trackTotal: true })
              expect({ query, ids: found.hits.map(({ id }) => id), total: found.total }).toEqual({
                query,
                ids: expected,
                total: expected.length,
              })
            }
          },
        ),
        { numRuns: 25 },
      )
    })
  })
}
