import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchmarkOptions, BenchmarkResult, Measure } from './lib/result.ts'
import { Script } from './lib/script.ts'
import type { CountingOptions } from './pipeline/counting-server.ts'
import { countedBodies, intoCounting } from './pipeline/into-counting.ts'
import { intoElasticsearch } from './pipeline/into-elasticsearch.ts'
import { put } from './pipeline/put.ts'
import { SetUp } from './pipeline/set-up.ts'

const parts = ['counting', 'elasticsearch', 'put']

/** The way over Kafka and Elasticsearch, each figure beside what bounds it in the same run: see docs/benchmarks.md. Options: `records`, `repeats`, `only`. */
export async function pipeline({ records = 1_000_000, repeats = 3, only }: BenchmarkOptions): Promise<BenchmarkResult> {
  if (only !== undefined && !parts.includes(only)) throw new Error(`--only takes ${parts.join(', ')}; "${only}" is none of them.`)
  const wanted = (part: string): boolean => only === undefined || only === part
  const directory = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  try {
    const keptFile = join(directory, 'bodies')
    const sink = await Script.start<{ readonly url: string }>('counting-server.ts', {
      keptBytesMax: wanted('elasticsearch') ? 256e6 : 64e6,
      keptFile,
    } satisfies CountingOptions)
    const measures: Measure[] = []
    await using setUp = await SetUp.make(records, directory, sink.ready.url)
    if (wanted('counting')) measures.push(...(await intoCounting(setUp, sink, keptFile, repeats)))
    if (wanted('elasticsearch')) measures.push(...(await intoElasticsearch(setUp, keptFile, await countedBodies(setUp, sink))))
    // Last, since it adds to the topic.
    if (wanted('put')) measures.push(...(await put(setUp, sink.ready.url)))
    await sink.stop()
    return { measures }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
