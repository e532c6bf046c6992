import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { host } from './ports.ts'
import type { InstancePlan, Settings } from './recipe.ts'

const logging = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
`

/** The configuration of an instance on disk, and its settings as arguments. */
export interface ElasticsearchConfiguration {
  /** What `path.conf` must be. */
  readonly directory: string
  /** For files that do not last. */
  readonly temporary: string
  /** `-Ename=value`, as Elasticsearch takes settings on its command line. */
  readonly args: readonly string[]
}

/** Writes what both versions want: a log on standard output, and every setting given on the command line. */
export async function configureElasticsearch({ ports, directory, settings }: InstancePlan): Promise<ElasticsearchConfiguration> {
  const [data, configuration, temporary] = [join(directory, 'data'), join(directory, 'config'), join(directory, 'tmp')]
  for (const folder of [data, configuration, temporary]) await mkdir(folder, { recursive: true })
  await writeFile(join(configuration, 'log4j2.properties'), logging)
  await writeFile(join(configuration, 'elasticsearch.yml'), '')
  const all: Settings = {
    'cluster.name': 'millrace-services',
    'node.name': 'millrace',
    'discovery.type': 'single-node',
    'network.host': host,
    'http.port': String(ports[0]),
    'transport.port': String(ports[1]),
    'path.data': data,
    'path.logs': join(directory, 'logs'),
    // A laptop's disk is often nearly full, which would make every index read-only.
    'cluster.routing.allocation.disk.threshold_enabled': 'false',
    'action.destructive_requires_name': 'false',
    ...settings,
  }
  return { directory: configuration, temporary, args: Object.entries(all).map(([name, value]) => `-E${name}=${value}`) }
}
