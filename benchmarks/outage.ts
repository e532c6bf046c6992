import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { elasticsearch, kafka } from '@millrace/testing/services'
import { auditIndex } from './chaos/audit-index.ts'
import { Producer } from './chaos/producer.ts'
import { SupervisedMillrace } from './lib/supervised-millrace.ts'
import { type BenchmarkOptions, type BenchmarkResult, type Measure, measure, quantile } from './lib/result.ts'

const linesPerSecond = 3_000
/** Of ordinary work before the outage, and producers still at work after it. */
const aroundSeconds = 20
const sampleMs = 250
const dataStreams = 'logs-*-outage'

/**
 * One process over Kafka and Elasticsearch while Elasticsearch is away and a producer goes on: it stands still for the first half of the outage, connections and all, and is
 * dead for the second. `minutes` is the length of the outage. Not shown: an outage longer than the stream's retention.
 */
export async function outage({ minutes = 5 }: BenchmarkOptions): Promise<BenchmarkResult> {
  // So that what was started ends with it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const directory = await mkdtemp(join(tmpdir(), 'millrace-outage-'))
  try {
    await using broker = await kafka.startPrivate()
    await using index = await elasticsearch.startPrivate()
    const backends = ['--kafka', broker.address.brokers.join(','), '--elasticsearch', index.address.url]
    const server = await SupervisedMillrace.start(['--data', join(directory, 'data'), '--namespace', 'outage', ...backends])
    const outageSeconds = minutes * 60
    const records = linesPerSecond * (outageSeconds + 2 * aroundSeconds)
    const spoolDirectory = join(directory, 'spool')
    const producer = new Producer({
      source: 0,
      records,
      rate: linesPerSecond,
      url: server.url,
      spoolDirectory,
      waitSeconds: 60,
      ordered: false,
    })
    try {
      const producing = producer.run()
      const memory = new MemoryLog(server, producer)
      await wait(aroundSeconds * 1000)
      memory.begin('before')
      await index.pause()
      await wait((outageSeconds / 2) * 1000)
      await index.kill()
      await wait((outageSeconds / 2) * 1000)
      const behind = await behindOf(server)
      memory.begin('away')
      const back = performance.now()
      await index.start()
      const startSeconds = (performance.now() - back) / 1000
      const caughtUp = await settled(server)
      const catchUpSeconds = (performance.now() - back) / 1000
      const complaint = await producing
      if (complaint !== undefined) throw new Error(complaint)
      await settled(server)
      memory.begin('after')
      const audit = await auditIndex(index.address.url, dataStreams, { sources: 1, records })
      return {
        measures: [
          measure('outage', outageSeconds, 's'),
          measure('lines a second', linesPerSecond, 'lines/s'),
          measure('behind at its end', behind, 'lines'),
          ...memory.measures(),
          measure('Elasticsearch back until it answers', startSeconds, 's'),
          measure('Elasticsearch back until caught up', catchUpSeconds, 's'),
          measure('caught up at', caughtUp / Math.max(1, catchUpSeconds - startSeconds), 'lines/s'),
          measure('lines lost', audit.missing.count, 'lines', { atMost: 0 }),
          measure('documents too many', audit.total - audit.distinct, 'documents', { atMost: 0 }),
        ],
      }
    } finally {
      if (!producer.pipe.hasEnded) await producer.pipe.kill()
      await server.stop()
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Resident memory of `up` and `pipe`, by phases. */
class MemoryLog {
  readonly #phases = new Map<string, { readonly up: number[]; readonly pipe: number[] }>()
  #phase: { readonly up: number[]; readonly pipe: number[] } = { up: [], pipe: [] }
  readonly #timer: NodeJS.Timeout

  constructor(server: SupervisedMillrace, producer: Producer) {
    this.#timer = setInterval(() => {
      void server.life.memoryMiB().then(({ now }) => this.#phase.up.push(now))
      void producer.pipe.memoryMiB().then(({ now }) => this.#phase.pipe.push(now))
    }, sampleMs)
  }

  /** What was seen since the last call is of this phase. */
  begin(finished: string): void {
    this.#phases.set(finished, this.#phase)
    this.#phase = { up: [], pipe: [] }
    if (finished === 'after') clearInterval(this.#timer)
  }

  measures(): Measure[] {
    const phase = (name: string): { readonly up: number[]; readonly pipe: number[] } => this.#phases.get(name) ?? { up: [], pipe: [] }
    return [
      measure('memory of up before, peak', Math.max(...phase('before').up), 'MiB'),
      measure('memory of up during it, median', quantile(phase('away').up, 0.5), 'MiB'),
      measure('memory of up during it, peak', Math.max(...phase('away').up), 'MiB', { atMost: 500 }),
      measure('memory of up while it catches up, peak', Math.max(...phase('after').up), 'MiB', { atMost: 500 }),
      measure('memory of pipe, peak', Math.max(...phase('before').pipe, ...phase('away').pipe), 'MiB'),
    ]
  }
}

async function behindOf(server: SupervisedMillrace): Promise<number> {
  const stats = await server.stats()
  return stats?.mappings.flatMap(({ shards }) => shards ?? []).reduce((total, { records }) => total + records, 0) ?? Number.NaN
}

/** Resolves when no record is older than a second or two; answers how many were settled meanwhile. */
async function settled(server: SupervisedMillrace): Promise<number> {
  let first: number | undefined
  for (;;) {
    const mapping = (await server.stats())?.mappings[0]
    if (mapping?.records !== undefined && mapping.shards !== undefined) {
      first ??= mapping.records.settled
      if (mapping.shards.every(({ lagSeconds }) => lagSeconds < 2)) return mapping.records.settled - first
    }
    await wait(sampleMs)
  }
}
