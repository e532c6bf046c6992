import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Transferable } from 'node:worker_threads'
import type { LogSearch } from '@millrace/log-index'
import type { LogIndexerInit } from '../../functions/log-indexer.ts'
import { namingSettings } from './name-settings.ts'
import type { BackendSettings } from './open-streams.ts'

/** The index as the system sees it. */
export interface Index {
  readonly search: LogSearch
  /** How an execution environment reaches it; anew for each. */
  connect(): { readonly sink: LogIndexerInit['sink']; readonly transfer: readonly Transferable[] }
  readonly failed: Promise<Error>
  /** Resolves when what keeps the index has answered. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface IndexSettings {
  readonly dataDirectory: string
  readonly namespace: string
  readonly retentionDays: number | undefined
}

/** Opens the index: Elasticsearch where it is given, else in the data directory. A backend's code is loaded only if it is used. */
export async function openIndex(settings: BackendSettings, index: IndexSettings, warn: (message: string) => void): Promise<Index> {
  return usesElasticsearch(settings) ? openElasticsearch(settings, index, warn) : openEmbedded(index)
}

export function usesElasticsearch(settings: BackendSettings): boolean {
  return settings.elasticsearch.length > 0 || settings.elasticsearchCloudId !== undefined
}

async function openEmbedded({ dataDirectory, retentionDays }: IndexSettings): Promise<Index> {
  const { openSqliteLogIndex } = await import('@millrace/log-index-sqlite')
  const failed = Promise.withResolvers<Error>()
  const index = await openSqliteLogIndex({
    directory: join(dataDirectory, 'index'),
    onFailure: (error) => failed.resolve(error),
    ...(retentionDays === undefined ? {} : { retentionDays }),
  })
  const module = import.meta.resolve('@millrace/log-index-sqlite/sink')
  return {
    search: index,
    connect: () => {
      const port = index.sinkPort()
      return { sink: { module, export: 'connectSqliteLogSink', data: port }, transfer: [port] }
    },
    failed: failed.promise,
    ping: () => index.ping(),
    close: () => index.close(),
  }
}

async function openElasticsearch(
  settings: BackendSettings,
  { namespace, retentionDays }: IndexSettings,
  warn: (message: string) => void,
): Promise<Index> {
  const { openElasticsearchLogIndex } = await import('@millrace/log-index-elasticsearch')
  const connection = {
    ...(settings.elasticsearch.length === 0 ? {} : { nodes: settings.elasticsearch }),
    ...(settings.elasticsearchCloudId === undefined ? {} : { cloudId: settings.elasticsearchCloudId }),
    ...(settings.elasticsearchApiKey === undefined ? {} : { apiKey: settings.elasticsearchApiKey }),
    ...(settings.elasticsearchUsername === undefined ? {} : { username: settings.elasticsearchUsername }),
    ...(settings.elasticsearchPassword === undefined ? {} : { password: settings.elasticsearchPassword }),
    ...(settings.elasticsearchCa === undefined ? {} : { ca: await readFile(settings.elasticsearchCa, 'utf8') }),
  }
  const options = {
    ...connection,
    namespace,
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(settings.elasticsearchTemplatePriority === undefined ? {} : { templatePriority: settings.elasticsearchTemplatePriority }),
    onWarning: warn,
  }
  const index = await namingSettings('nodes', () => openElasticsearchLogIndex(options))
  const module = import.meta.resolve('@millrace/log-index-elasticsearch/sink')
  return {
    search: index,
    connect: () => ({ sink: { module, export: 'connectElasticsearchLogSink', data: connection }, transfer: [] }),
    // Elasticsearch that is away comes back: nothing here has to be started anew.
    failed: new Promise(() => {}),
    // What a search needs is there: nodes, and every shard.
    ping: async () => void (await index.search({ size: 0 })),
    close: () => index.close(),
  }
}
