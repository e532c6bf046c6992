import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ElasticsearchAddress, elasticsearchRecipe } from './elasticsearch.ts'
import { configureElasticsearch } from './elasticsearch-configuration.ts'
import { buildModule, javaSource, sourcesKey } from './elasticsearch-modules.ts'
import { findJdk, type JdkNeed } from './jdk.ts'
import { fetchArtifacts } from './maven.ts'
import type { Recipe } from './recipe.ts'
import { unprivileged } from './unprivileged.ts'

const version = '8.19.21'
const need: JdkNeed = { atLeast: 17, compiles: true }
const pluginSources = [javaSource('millrace/RestCalls.java'), javaSource('elasticsearch8/millrace/RestPlugin.java')]

/** Elasticsearch 8.19: the distribution that is published for integration tests, without security. Settings are those of elasticsearch.yml. */
export const elasticsearch8Recipe: Recipe<ElasticsearchAddress> = {
  ...elasticsearchRecipe,
  name: 'elasticsearch8',
  version,
  ports: [29208, 29308],
  testVariable: 'MILLRACE_TEST_ELASTICSEARCH8',
  portVariable: 'MILLRACE_SERVICES_ELASTICSEARCH8_PORT',
  recordsClasses: false,
  softwareKey: () => sourcesKey(version, pluginSources),

  async install(software, progress) {
    const java = findJdk(need)
    const unpacked = join(software, 'unpacked')
    const artifact = { group: 'org.elasticsearch.distribution.integ-test-zip', name: 'elasticsearch', version, type: 'zip' }
    await fetchArtifacts([artifact], 'unpack-dependencies', unpacked, progress)
    const home = join(unpacked, `elasticsearch-${version}`)
    for (const name of await readdir(home)) await rename(join(home, name), join(software, name))
    await rm(unpacked, { recursive: true })
    await buildModule(java, pluginSources, join(software, 'lib'), join(software, 'modules/millrace'), version)
  },

  async launch(plan, software) {
    const java = findJdk(need)
    const { directory, temporary, args } = await configureElasticsearch({
      ...plan,
      settings: { 'xpack.security.enabled': 'false', ...plan.settings },
    })
    await writeFile(join(directory, 'jvm.options'), '-XX:+UseG1GC\n')
    const heapMb = plan.heapMb ?? 512
    return unprivileged({
      command: join(software, 'bin/elasticsearch'),
      args,
      env: {
        ...process.env,
        ES_JAVA_HOME: java.home,
        ES_JAVA_OPTS: `-Xms${heapMb}m -Xmx${heapMb}m -Djava.io.tmpdir=${temporary}`,
        ES_PATH_CONF: directory,
        ES_TMPDIR: temporary,
      },
    })
  },
}
