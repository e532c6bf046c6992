import { randomBytes } from 'node:crypto'
import { Client } from '@elastic/elasticsearch'
import type { DocumentOutcome, LogDocument, LogIndex } from '@millrace/log-index'
import { allDocuments } from '@millrace/log-index'
import { openElasticsearchLogIndex } from '../src/index.ts'
import type { ElasticsearchLogIndexOptions } from '../src/index.ts'
import { indexTemplateName } from '../src/templates/templates.ts'

/** A namespace of its own in a server that others use too, removed with everything in it at the end. */
export interface TestNamespace extends AsyncDisposable {
  readonly namespace: string
  /** For what a test does beside the index. Speaks plain JSON, which any version takes. */
  readonly client: Client
  open(options?: ElasticsearchLogIndexOptions): Promise<LogIndex>
  refresh(): Promise<void>
  rollover(dataStream: string): Promise<void>
  /** Documents in all data streams of the namespace. */
  count(): Promise<number>
}

const plain = { accept: 'application/json', 'content-type': 'application/json' }

export function testNamespace(url: string): TestNamespace {
  const namespace = `t${randomBytes(5).toString('hex')}`
  const client = new Client({ node: url, headers: plain })
  const pattern = `logs-*-${namespace}`
  return {
    namespace,
    client,
    open: (options = {}) => openElasticsearchLogIndex({ nodes: [url], namespace, numberOfReplicas: 0, ...options }),
    refresh: async () => {
      await client.indices.refresh({ index: pattern, allow_no_indices: true })
    },
    rollover: async (dataStream) => {
      await client.indices.rollover({ alias: dataStream })
    },
    count: async () => {
      await client.indices.refresh({ index: pattern, allow_no_indices: true })
      const { hits } = await client.search({ index: pattern, size: 0, track_total_hits: true })
      return (hits.total as { value: number }).value
    },
    [Symbol.asyncDispose]: async () => {
      await client.indices.deleteDataStream({ name: pattern })
      await client.indices.deleteIndexTemplate({ name: indexTemplateName(namespace) }, { ignore: [404] })
      await client.close()
    },
  }
}

/** An index whose documents' data streams, `…-default` for the caller, are those of another namespace. */
export function inNamespace(index: LogIndex, namespace: string): LogIndex {
  const into = (document: LogDocument): LogDocument => ({ ...document, dataStream: document.dataStream.replace(/default$/, namespace) })
  return {
    bulk: (documents, signal): Promise<readonly DocumentOutcome[]> => index.bulk(allDocuments(documents).map(into), signal),
    search: async (request, signal) => {
      const result = await index.search(request, signal)
      return { ...result, hits: result.hits.map((hit) => ({ ...hit, dataStream: hit.dataStream.replace(namespace, 'default') })) }
    },
    getByIds: async (names, signal) => {
      const found = await index.getByIds(
        names.map((name) => ({ ...name, dataStream: name.dataStream.replace(/default$/, namespace) })),
        signal,
      )
      return found.map((each) => each && { ...each, dataStream: each.dataStream.replace(namespace, 'default') })
    },
    stats: () => index.stats(),
    close: () => index.close(),
  }
}
