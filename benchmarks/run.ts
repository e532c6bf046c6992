import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { printTable, type BenchmarkOptions, type BenchmarkResult } from './lib/result.ts'

/** The benchmarks, by the name that `npm run bench -- NAME` takes. Each says in its file what it measures, and what it does not. */
const benchmarks: Readonly<Record<string, () => Promise<(options: BenchmarkOptions) => Promise<BenchmarkResult>>>> = {
  embedded: async () => (await import('./embedded.ts')).embedded,
  mapper: async () => (await import('./mapper.ts')).mapper,
  normalizer: async () => (await import('./normalizer.ts')).normalizer,
  outage: async () => (await import('./outage.ts')).outage,
  pipeline: async () => (await import('./pipeline.ts')).pipeline,
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    minutes: { type: 'string' },
    records: { type: 'string' },
    repeats: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
const [name] = positionals
const benchmark = name === undefined ? undefined : benchmarks[name]
if (benchmark === undefined || values.help) {
  console.error(
    `usage: npm run bench -- NAME [--json FILE] [--minutes M] [--records N] [--repeats N] [--only PART]\nbenchmarks: ${Object.keys(benchmarks).join(', ')}`,
  )
  process.exit(values.help ? 0 : 2)
}
const result = await (await benchmark())({
  ...(values.minutes === undefined ? {} : { minutes: Number(values.minutes) }),
  ...(values.records === undefined ? {} : { records: Number(values.records) }),
  ...(values.repeats === undefined ? {} : { repeats: Number(values.repeats) }),
  ...(values.only === undefined ? {} : { only: values.only }),
})
const report = {
  benchmark: name,
  date: new Date().toISOString(),
  machine: { node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model, memoryGiB: Math.round(totalmem() / 2 ** 30) },
  ...result,
}
printTable(report)
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
if (result.measures.some((measure) => measure.met === false)) process.exitCode = 1
