import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { classArchiveOption } from './class-archive.ts'
import { elasticsearchAnswers } from './elasticsearch-answers.ts'
import { configureElasticsearch, type ElasticsearchConfiguration } from './elasticsearch-configuration.ts'
import { buildJar, buildModule, describeModule, javaSource, sourcesKey } from './elasticsearch-modules.ts'
import { findJdk, type JdkNeed } from './jdk.ts'
import { fetchArtifacts } from './maven.ts'
import { host } from './ports.ts'
import type { Recipe } from './recipe.ts'

/** Where an Elasticsearch is: `http://127.0.0.1:29200`. */
export interface ElasticsearchAddress {
  readonly url: string
}

const version = '9.5.3'
const need: JdkNeed = { atLeast: 21, compiles: true }
const nodeSource = javaSource('elasticsearch9/ElasticsearchNode.java')
const pluginSources = [javaSource('millrace/RestCalls.java'), javaSource('elasticsearch9/millrace/RestPlugin.java')]

/** Elasticsearch 9.5: the published server in a small main class of our own, without security. Settings are those of elasticsearch.yml. */
export const elasticsearchRecipe: Recipe<ElasticsearchAddress> = {
  name: 'elasticsearch',
  version,
  ports: [29200, 29300],
  testVariable: 'MILLRACE_TEST_ELASTICSEARCH',
  portVariable: 'MILLRACE_SERVICES_ELASTICSEARCH_PORT',
  readyTimeoutMs: 120_000,
  container: { javaOptionsVariable: 'ES_JAVA_OPTS', override: (settings) => ({ environment: settings }) },
  recordsClasses: true,
  softwareKey: () => sourcesKey(version, [nodeSource, ...pluginSources]),

  async install(software, progress) {
    const java = findJdk(need)
    const [library, netty] = [join(software, 'lib'), join(software, 'modules/transport-netty4')]
    const artifacts = [
      { group: 'org.elasticsearch', name: 'elasticsearch', version },
      { group: 'org.elasticsearch.plugin', name: 'transport-netty4', version },
    ]
    await fetchArtifacts(artifacts, 'copy-dependencies', library, progress)
    await mkdir(netty, { recursive: true })
    const jars = (await readdir(library)).filter((name) => /^(?:transport-netty4|elasticsearch-ssl-config|netty-)/.test(name))
    for (const jar of jars) await rename(join(library, jar), join(netty, jar))
    await describeModule(netty, version, 'org.elasticsearch.transport.netty4.Netty4Plugin')
    progress('compiling its main class …')
    await buildJar(java, [nodeSource], library, join(library, 'millrace-node.jar'))
    await buildModule(java, pluginSources, library, join(software, 'modules/millrace'), version)
    await copyZstd(join(software, 'lib/platform', `${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`))
  },

  async launch(plan, software) {
    const java = findJdk(need)
    const configuration = await configureElasticsearch(plan)
    return {
      command: join(java.home, 'bin/java'),
      args: [...javaArguments(software, configuration, plan.heapMb ?? 1024), ...configuration.args],
    }
  },

  address: (port) => ({ url: `http://${host}:${port}` }),
  parseAddress: (text) => ({ url: text.includes('://') ? text : `http://${text}` }),
  answers: ({ url }) => elasticsearchAnswers(url),
}

function javaArguments(software: string, configuration: ElasticsearchConfiguration, heapMb: number): string[] {
  const properties = {
    'es.path.home': software,
    'es.path.conf': configuration.directory,
    'es.distribution.type': 'zip',
    'java.io.tmpdir': configuration.temporary,
    // Its vector library is native and not among the published jars.
    'org.elasticsearch.nativeaccess.enableVectorLibrary': 'false',
    'log4j2.disable.jmx': 'true',
    'log4j.shutdownHookEnabled': 'false',
  }
  return [
    `-Xms${heapMb}m`,
    `-Xmx${heapMb}m`,
    '-XX:+UseG1GC',
    '--add-modules=jdk.incubator.vector',
    '--enable-native-access=ALL-UNNAMED',
    '--sun-misc-unsafe-memory-access=allow',
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    ...classArchiveOption(software),
    '-cp',
    join(software, 'lib/*'),
    'ElasticsearchNode',
  ]
}

/** Compression of old indices wants libzstd; the machine's own will do, and without it only that compression is missing. */
async function copyZstd(directory: string): Promise<void> {
  const folders = [
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib64',
    '/usr/lib',
    '/opt/homebrew/lib',
    '/usr/local/lib',
  ]
  const [name, target] = process.platform === 'darwin' ? ['libzstd.dylib', 'libzstd.dylib'] : ['libzstd.so.1', 'libzstd.so']
  await mkdir(directory, { recursive: true })
  for (const folder of folders) {
    try {
      return await copyFile(join(folder, name), join(directory, target))
    } catch {
      // Not there; the next folder may have it.
    }
  }
  await rm(directory, { recursive: true })
}
