import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ElasticsearchAddress, elasticsearchRecipe } from './elasticsearch.ts'
import { findJdk, type JdkNeed } from './jdk.ts'
import { fetchArtifacts } from './maven.ts'
import type { Recipe } from './recipe.ts'

const version = '8.19.21'
const need: JdkNeed = { atLeast: 17, atMost: 23 }

/** Elasticsearch 8.19: the distribution that Elastic publishes for integration tests. Without security. */
export const elasticsearch8Recipe: Recipe<ElasticsearchAddress> = {
  ...elasticsearchRecipe,
  name: 'elasticsearch8',
  version,
  ports: [29208, 29308],
  testVariable: 'MILLRACE_TEST_ELASTICSEARCH8',
  portVariable: 'MILLRACE_SERVICES_ELASTICSEARCH8_PORT',
  softwareKey: () => version,

  async install(software, progress) {
    findJdk(need)
    const unpacked = join(software, 'unpacked')
    const artifact = { group: 'org.elasticsearch.distribution.integ-test-zip', name: 'elasticsearch', version, type: 'zip' }
    await fetchArtifacts([artifact], 'unpack-dependencies', unpacked, progress)
    const home = join(unpacked, `elasticsearch-${version}`)
    for (const name of await readdir(home)) await rename(join(home, name), join(software, name))
    await rm(unpacked, { recursive: true })
  },
}
