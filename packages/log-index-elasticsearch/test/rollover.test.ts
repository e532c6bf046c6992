import type { LogDocument, LogIndex } from '@millrace/log-index'
import { describeWithService, elasticsearch, elasticsearch8 } from '@millrace/testing/services'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ElasticsearchSink } from '../src/bulk/elasticsearch-sink.ts'
import { createClient } from '../src/create-client.ts'
import { systemClock } from '../src/system-clock.ts'
import { document } from './documents.ts'
import { testNamespace } from './elasticsearch-under-test.ts'
import type { TestNamespace } from './elasticsearch-under-test.ts'

for (const [service, name] of [
  [elasticsearch, 'Elasticsearch 9'],
  [elasticsearch8, 'Elasticsearch 8'],
] as const) {
  describeWithService(service, name, ({ url }) => repeats(url))
}

function repeats(url: string): void {
  let server: TestNamespace
  let index: LogIndex
  beforeEach(async () => {
    server = testNamespace(url)
    index = await server.open()
  })
  afterEach(async () => {
    await index.close()
    await server[Symbol.asyncDispose]()
  })

  const documents = (prefix: string, count: number, dataset?: string): LogDocument[] =>
    Array.from({ length: count }, (_, at) => document(server.namespace, `${prefix}-${at}`, {}, dataset))
  const statuses = async (bulk: readonly LogDocument[], maybeRepeated: boolean): Promise<string[]> => {
    const outcomes = await index.bulk(bulk.map((each) => ({ ...each, maybeRepeated })))
    return outcomes.map(({ status }) => status)
  }

  describe('Repeats across rollovers', () => {
    it('are found, whichever backing index the first is in, and before any refresh', async () => {
      const generations = [documents('g1', 40), documents('g2', 40), documents('g3', 40)]
      for (const [at, each] of generations.entries()) {
        if (at > 0) await server.rollover(`logs-test-${server.namespace}`)
        expect(new Set(await statuses(each, false))).toEqual(new Set(['created']))
      }
      const fresh = documents('new', 40)
      const mixed = [...generations.flat(), ...fresh].sort((a, b) => (a.id.slice(-2) < b.id.slice(-2) ? -1 : 1))
      expect(await statuses(mixed, true)).toEqual(mixed.map(({ id }) => (id.startsWith('new') ? 'created' : 'exists')))
      expect(await server.count()).toBe(160)
    })

    it('are written once more if nobody says that they may be repeats: it is the flag that looks them up', async () => {
      const first = documents('a', 3)
      await statuses(first, false)
      await server.rollover(`logs-test-${server.namespace}`)
      expect(await statuses(first, false)).toEqual(['created', 'created', 'created'])
    })

    it('are found in each data stream of a bulk, and where there is none yet', async () => {
      const [one, two, none] = [documents('a', 5, 'one'), documents('a', 5, 'two'), documents('a', 5, 'none')]
      await statuses([...one, ...two], false)
      await server.rollover(`logs-two-${server.namespace}`)
      expect(await statuses([...one, ...two, ...none], true)).toEqual([...Array(10).fill('exists'), ...Array(5).fill('created')])
    })

    it('are told apart from neighbours without the flag, and within one bulk', async () => {
      const [a, b, c] = documents('x', 3) as [LogDocument, LogDocument, LogDocument]
      await statuses([a], false)
      await server.rollover(`logs-test-${server.namespace}`)
      const outcomes = await index.bulk([b, { ...a, maybeRepeated: true }, { ...c, maybeRepeated: true }, { ...c, maybeRepeated: true }])
      expect(outcomes.map(({ status }) => status)).toEqual(['created', 'exists', 'created', 'exists'])
    })

    it('are one document even if a rollover comes between the look-up and the writing', async () => {
      const [first, second] = documents('race', 2) as [LogDocument, LogDocument]
      await statuses([first], false)
      const client = createClient({ nodes: [url] })
      const bulk = client.bulk.bind(client)
      let rolledOver = false
      client.bulk = (async (...args: Parameters<typeof bulk>) => {
        if (!rolledOver) await server.rollover(`logs-test-${server.namespace}`)
        rolledOver = true
        return bulk(...args)
      }) as typeof client.bulk
      const sink = new ElasticsearchSink(client, {}, systemClock)
      const outcomes = await sink.bulk([first, second].map((each) => ({ ...each, maybeRepeated: true })))
      expect(outcomes.map(({ status }) => status)).toEqual(['created', 'created'])
      expect(await server.count()).toBe(2)
      await sink.close()
      await client.close()
    })

    it('that are there twice already become one when their batch is handled again', async () => {
      const twice = documents('twice', 3)
      await statuses(twice, false)
      await server.rollover(`logs-test-${server.namespace}`)
      await statuses(twice, false)
      expect(await statuses(twice, true)).toEqual(['exists', 'exists', 'exists'])
      expect(await server.count()).toBe(3)
    })

    it('are found for as many documents as a batch has', async () => {
      const bulk = documents('many', 5_000)
      await statuses(bulk, false)
      await server.rollover(`logs-test-${server.namespace}`)
      await server.rollover(`logs-test-${server.namespace}`)
      expect(new Set(await statuses(bulk, true))).toEqual(new Set(['exists']))
    })
  })
}
