import type { LogIndex, SortKey } from '@millrace/log-index'
import { InvalidSearchError } from '@millrace/log-index'
import { describeWithService, elasticsearch } from '@millrace/testing/services'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { document } from './documents.ts'
import { testNamespace } from './elasticsearch-under-test.ts'
import type { TestNamespace } from './elasticsearch-under-test.ts'

describeWithService(elasticsearch, 'Pages of equal times', ({ url }) => {
  let server: TestNamespace
  let index: LogIndex
  beforeEach(async () => {
    server = testNamespace(url)
    // Shards count on their own: documents of one index share a sequence number.
    index = await server.open({ numberOfShards: 3 })
  })
  afterEach(async () => {
    await index.close()
    await server[Symbol.asyncDispose]()
  })

  const fill = async (count: number, prefix: string): Promise<void> => {
    await index.bulk(Array.from({ length: count }, (_, at) => document(server.namespace, `${prefix}-${at}`)))
    await server.refresh()
  }
  const all = async (size: number, order: 'asc' | 'desc'): Promise<string[][]> => {
    const pages: string[][] = []
    let searchAfter: SortKey | undefined
    for (;;) {
      const { hits } = await index.search({ size, order, ...(searchAfter === undefined ? {} : { searchAfter }) })
      if (hits.length === 0) return pages
      pages.push(hits.map(({ id }) => id))
      searchAfter = hits.at(-1)?.sort
    }
  }

  it.each(['asc', 'desc'] as const)(
    'have every document once, over several shards, backing indices and data streams, %s',
    async (order) => {
      await fill(200, 'a')
      await server.rollover(`logs-test-${server.namespace}`)
      await fill(200, 'b')
      await index.bulk(Array.from({ length: 100 }, (_, at) => document(server.namespace, `c-${at}`, {}, 'other')))
      await server.refresh()
      for (const size of [3, 64]) {
        const ids = (await all(size, order)).flat()
        expect(ids).toHaveLength(500)
        expect(new Set(ids).size).toBe(500)
      }
    },
  )

  it('are full, up to the largest page', async () => {
    await fill(12_000, 'a')
    const first = await index.search({ size: 1 })
    const next = await index.search({ size: 10_000, searchAfter: first.hits[0]?.sort as SortKey })
    expect(next.hits).toHaveLength(10_000)
    expect(new Set([...first.hits, ...next.hits].map(({ id }) => id)).size).toBe(10_001)
  })

  it('start at a key of this index only', async () => {
    await fill(1, 'a')
    await expect(index.search({ size: 1, searchAfter: [0, 'another-index'] })).rejects.toThrow(InvalidSearchError)
  })

  it('of texts cannot be counted by value, which is said', async () => {
    await index.bulk([document(server.namespace, 'a', { message: 'm' })])
    await server.refresh()
    const search = index.search({ size: 0, aggregations: { top: { type: 'terms', field: 'message', size: 5 } } })
    await expect(search).rejects.toThrow(InvalidSearchError)
    await expect(search).rejects.toThrow('"message", which is text')
  })
})
