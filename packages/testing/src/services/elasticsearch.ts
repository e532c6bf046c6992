import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { elasticsearchAnswers } from './elasticsearch-answers.ts'
import { compileJava, writeModule } from './elasticsearch-modules.ts'
import { findJdk, type JdkNeed } from './jdk.ts'
import { fetchArtifacts } from './maven.ts'
import { host } from './ports.ts'
import type { Recipe, Settings } from './recipe.ts'

/** Where an Elasticsearch is: `http://127.0.0.1:29200`. */
export interface ElasticsearchAddress {
  readonly url: string
}

const version = '9.5.3'
const need: JdkNeed = { atLeast: 21, compiles: true }
const sources = join(import.meta.dirname, 'java')
const nodeSource = join(sources, 'ElasticsearchNode.java')
const pluginSource = join(sources, 'millrace/RestPlugin.java')

/** What the container and the process of either version are told alike. */
export const elasticsearchSettings: Settings = {
  'discovery.type': 'single-node',
  // A laptop's disk is often nearly full, which would make every index read-only.
  'cluster.routing.allocation.disk.threshold_enabled': 'false',
  'action.destructive_requires_name': 'false',
}

const logging = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
`

/** Elasticsearch 9.5: the server from Maven Central in a small main class of its own, without security. Settings are those of elasticsearch.yml. */
export const elasticsearchRecipe: Recipe<ElasticsearchAddress> = {
  name: 'elasticsearch',
  version,
  ports: [29200, 29300],
  testVariable: 'MILLRACE_TEST_ELASTICSEARCH',
  portVariable: 'MILLRACE_SERVICES_ELASTICSEARCH_PORT',
  readyTimeoutMs: 120_000,
  container: { override: (settings) => ({ environment: settings }) },

  softwareKey() {
    const hash = createHash('sha256')
    for (const path of [nodeSource, pluginSource]) hash.update(readFileSync(path))
    return `${version}-${hash.digest('hex').slice(0, 8)}`
  },

  async install(software, progress) {
    const java = findJdk(need)
    const [library, module] = [join(software, 'lib'), join(software, 'modules/transport-netty4')]
    await fetchArtifacts(
      [
        { group: 'org.elasticsearch', name: 'elasticsearch', version },
        { group: 'org.elasticsearch.plugin', name: 'transport-netty4', version },
      ],
      'copy-dependencies',
      library,
      progress,
    )
    await mkdir(module, { recursive: true })
    const jars = await readdir(library)
    for (const jar of jars.filter((name) => /^(?:transport-netty4|elasticsearch-ssl-config|netty-)/.test(name))) {
      await rename(join(library, jar), join(module, jar))
    }
    await writeModule(module, version, 'org.elasticsearch.transport.netty4.Netty4Plugin')
    progress('compiling its main class …')
    await compileJava(java, [nodeSource], library, join(software, 'classes'))
    await compileJava(java, [pluginSource], library, join(software, 'modules/millrace/plugin.jar'))
    await writeModule(join(software, 'modules/millrace'), version, 'millrace.RestPlugin')
    await copyZstd(join(software, 'lib/platform', `${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`))
  },

  async launch({ ports, directory, settings, heapMb = 1024 }, software) {
    const java = findJdk(need)
    const [data, configuration] = [join(directory, 'data'), join(directory, 'config')]
    for (const folder of [data, configuration]) await mkdir(folder, { recursive: true })
    await writeFile(join(configuration, 'log4j2.properties'), logging)
    await writeFile(join(configuration, 'elasticsearch.yml'), '')
    const own = {
      'cluster.name': 'millrace-services',
      'network.host': host,
      'http.port': String(ports[0]),
      'transport.port': String(ports[1]),
      'path.data': data,
      'path.logs': join(directory, 'logs'),
    }
    return {
      command: join(java.home, 'bin/java'),
      args: [...javaArguments(software, configuration, heapMb), ...asArguments({ ...elasticsearchSettings, ...own, ...settings })],
    }
  },

  address: (port) => ({ url: `http://${host}:${port}` }),
  parseAddress: (text) => ({ url: text.includes('://') ? text : `http://${text}` }),
  answers: ({ url }) => elasticsearchAnswers(url),
}

/** `-Ename=value`, as Elasticsearch takes settings on its command line. */
export function asArguments(settings: Settings): string[] {
  return Object.entries(settings).map(([name, value]) => `-E${name}=${value}`)
}

function javaArguments(software: string, configuration: string, heapMb: number): string[] {
  const properties = {
    'es.path.home': software,
    'es.path.conf': configuration,
    'es.distribution.type': 'zip',
    // Its vector library is native and not among the published jars.
    'org.elasticsearch.nativeaccess.enableVectorLibrary': 'false',
    'log4j2.disable.jmx': 'true',
    'log4j.shutdownHookEnabled': 'false',
  }
  return [
    ...[`-Xms${heapMb}m`, `-Xmx${heapMb}m`, '-XX:+UseG1GC'],
    ...['--add-modules=jdk.incubator.vector', '--enable-native-access=ALL-UNNAMED', '--sun-misc-unsafe-memory-access=allow'],
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    ...['-cp', `${join(software, 'classes')}:${join(software, 'lib/*')}`, 'ElasticsearchNode'],
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
