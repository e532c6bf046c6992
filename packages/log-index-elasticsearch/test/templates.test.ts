import { describeWithService, elasticsearch, elasticsearch8 } from '@millrace/testing/services'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ElasticsearchOptionsError } from '../src/index.ts'
import { indexTemplateName, mappingsTemplateName } from '../src/templates/templates.ts'
import { document } from './documents.ts'
import { testNamespace } from './elasticsearch-under-test.ts'
import type { TestNamespace } from './elasticsearch-under-test.ts'

for (const [service, name] of [
  [elasticsearch, 'Templates in Elasticsearch 9'],
  [elasticsearch8, 'Templates in Elasticsearch 8'],
] as const) {
  describeWithService(service, name, ({ url }) => templates(url))
}

function templates(url: string): void {
  let server: TestNamespace
  let name: string
  let others: string[]
  beforeEach(() => {
    server = testNamespace(url)
    name = indexTemplateName(server.namespace)
    others = []
  })
  afterEach(async () => {
    await server.client.indices.deleteDataStream({ name: `logs-*-${server.namespace}` })
    for (const other of others) await server.client.indices.deleteIndexTemplate({ name: other })
    await server[Symbol.asyncDispose]()
  })

  const found = async (): Promise<object> => {
    const { index_templates } = await server.client.indices.getIndexTemplate({ name })
    const own = Object.entries(index_templates[0]?.index_template ?? {})
    // Newer versions add times of their own, which they do not take back.
    return Object.fromEntries(own.filter(([key]) => !/_date/.test(key)))
  }
  const put = async (other: string, priority: number, more: object = {}): Promise<void> => {
    others.push(other)
    const index_patterns = [`logs-*-${server.namespace}`]
    await server.client.indices.putIndexTemplate({ name: other, index_patterns, priority, data_stream: {}, ...more })
  }
  const open = async (options = {}): Promise<string[]> => {
    const warnings: string[] = []
    await (await server.open({ onWarning: (message) => warnings.push(message), ...options })).close()
    return warnings
  }

  it('are put in place with what the options say, and make data streams of their own', async () => {
    const index = await server.open({ retentionDays: 30, refreshIntervalMs: 5_000, numberOfShards: 2 })
    await put(`${name}-like-elasticsearchs-own`, 100, { template: { settings: { number_of_shards: 3 } } })
    await index.bulk([document(server.namespace, 'a', { message: 'm', source: { ip: '10.0.0.1' }, labels: { n: 5 } })])
    const dataStream = `logs-test-${server.namespace}`
    const settings = Object.values(await server.client.indices.getSettings({ index: dataStream }))[0]?.settings?.index
    expect(settings).toMatchObject({ mode: 'standard', number_of_shards: '2', refresh_interval: '5000ms' })
    const mappings = Object.values(await server.client.indices.getMapping({ index: dataStream }))[0]?.mappings.properties
    expect(mappings).toMatchObject({
      source: { properties: { ip: { type: 'ip' } } },
      labels: { properties: { n: { type: 'keyword' } } },
      http: { properties: { response: { properties: { status_code: { type: 'long' } } } } },
      log: { properties: { syslog: { properties: { structured_data: { type: 'flattened' } } } } },
    })
    expect(await found()).toMatchObject({ template: { lifecycle: { data_retention: '30d' } }, _meta: { millrace: { version: 1 } } })
    await index.close()
  })

  it('are left alone when they are there, even if somebody has changed them since', async () => {
    await open()
    const before = await found()
    await server.client.indices.putIndexTemplate({ ...before, name, priority: 321 })
    expect(await open()).toEqual([])
    expect(await found()).toMatchObject({ priority: 321 })
  })

  it('follow other options, and an older version of Millrace, not a newer one', async () => {
    await open()
    await open({ retentionDays: 7 })
    const seven = await found()
    expect(seven).toMatchObject({ template: { lifecycle: { data_retention: '7d' } } })
    for (const [version, retention] of [
      [0, '9d'],
      [99, '7d'],
    ] as const) {
      await server.client.indices.putIndexTemplate({ ...seven, name, _meta: { millrace: { version, digest: 'other' } } })
      await open({ retentionDays: 9 })
      expect(await found()).toMatchObject({ template: { lifecycle: { data_retention: retention } } })
    }
  })

  it("are left as they are when they are somebody's own, which is said", async () => {
    await put(name, 777)
    others.pop()
    const [warning, ...more] = await open()
    expect(warning).toContain(`"${name}" in Elasticsearch is not Millrace's`)
    expect(more).toEqual([])
    expect(await found()).toMatchObject({ priority: 777 })
  })

  it('that Elasticsearch refuses are an error with the option to look at', async () => {
    await put(`${name}-as-high`, 150)
    const clash = await open().catch((error: unknown) => error)
    expect(clash).toBeInstanceOf(ElasticsearchOptionsError)
    expect(clash).toMatchObject({ option: 'templatePriority', message: expect.stringContaining(`${name}-as-high`) as string })
    expect(await open({ templatePriority: 151 })).toEqual([])
    expect(await open({ installTemplates: false })).toEqual([])
  })

  it('can name a lifecycle policy; these servers have none, and say so', async () => {
    await expect(open({ lifecyclePolicy: 'thirty-days' })).rejects.toMatchObject({
      option: 'lifecyclePolicy',
      message: expect.stringContaining('index.lifecycle.name') as string,
    })
  })

  it('share the mapping of fields, which is marked as Millrace’s', async () => {
    await open()
    const { component_templates } = await server.client.cluster.getComponentTemplate({ name: mappingsTemplateName })
    expect(component_templates[0]?.component_template._meta).toMatchObject({ millrace: { version: 1 } })
  })
}
