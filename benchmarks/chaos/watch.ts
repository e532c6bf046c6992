import { documentCount } from '../lib/elasticsearch-http.ts'
import type { RecordCounters } from '../lib/millrace-life.ts'
import type { SupervisedMillrace } from '../lib/supervised-millrace.ts'
import type { Producer } from './producer.ts'

/** A record that is younger than this is not behind, milliseconds. */
export const freshMs = 5_000

/** How the system stands, as far as somebody answers. */
export interface Sample {
  readonly atMs: number
  readonly sent: number
  readonly documents: number | undefined
  /** Unsettled records and the age of the oldest, by any process that answers. */
  readonly behind: { readonly records: number; readonly seconds: number } | undefined
  readonly ready: number
}

/** Looks at everything again and again, and keeps what must hold at any time. */
export class Watch {
  readonly samples: Sample[] = []
  /** Counters of a process that did not add up. */
  readonly violations: string[] = []
  deadLetters = 0
  lostRecords = 0
  readonly #processes: readonly SupervisedMillrace[]
  readonly #producers: readonly Producer[]
  readonly #elasticsearchUrl: string
  readonly #dataStreams: string
  readonly #began: number

  constructor(
    processes: readonly SupervisedMillrace[],
    producers: readonly Producer[],
    elasticsearchUrl: string,
    dataStreams: string,
    began: number,
  ) {
    this.#processes = processes
    this.#producers = producers
    this.#elasticsearchUrl = elasticsearchUrl
    this.#dataStreams = dataStreams
    this.#began = began
  }

  async look(): Promise<Sample> {
    const [documents, stats] = await Promise.all([
      documentCount(this.#elasticsearchUrl, this.#dataStreams).catch(() => undefined),
      Promise.all(this.#processes.map((process) => process.stats())),
      Promise.all([...this.#processes.map(({ life }) => life), ...this.#producers.map(({ pipe }) => pipe)].map((life) => life.memoryMiB())),
    ])
    let behind: Sample['behind']
    for (const [at, each] of stats.entries()) {
      if (each === undefined) continue
      this.deadLetters = Math.max(this.deadLetters, each.deadLetters)
      for (const { records, shards } of each.mappings) {
        // A mapping that is not at work there, or Kafka does not say how far it is.
        if (records === undefined || shards === undefined) continue
        this.#check(at, records)
        this.lostRecords = Math.max(this.lostRecords, sum(shards.map((shard) => shard.lostRecords)))
        behind ??= { records: sum(shards.map((shard) => shard.records)), seconds: Math.max(0, ...shards.map((shard) => shard.lagSeconds)) }
      }
    }
    const sample: Sample = {
      atMs: performance.now() - this.#began,
      sent: sum(this.#producers.map((producer) => producer.sent)),
      documents,
      behind,
      ready: this.#processes.filter((process) => process.isReady).length,
    }
    this.samples.push(sample)
    return sample
  }

  /** Sums over all lives of all processes, by what each said last: a lower bound for those that were killed. */
  get counters(): RecordCounters {
    const last = this.#processes.flatMap(({ lives }) => lives.map(({ lastStats }) => lastStats?.mappings[0]?.records))
    const of = (name: keyof RecordCounters): number => sum(last.map((counters) => counters?.[name] ?? 0))
    return {
      received: of('received'),
      settled: of('settled'),
      deadLettered: of('deadLettered'),
      inFlight: of('inFlight'),
      abandoned: of('abandoned'),
    }
  }

  /** Seconds from a moment until nothing is older than `freshMs`; undefined if that did not come. */
  caughtUpAfter(atMs: number): number | undefined {
    const found = this.samples.find(
      (sample) => sample.atMs >= atMs && sample.behind !== undefined && sample.behind.seconds * 1000 < freshMs,
    )
    return found === undefined ? undefined : (found.atMs - atMs) / 1000
  }

  #check(process: number, { received, settled, deadLettered, inFlight, abandoned, filtered = 0 }: RecordCounters): void {
    const accounted = settled + filtered + deadLettered + inFlight + abandoned
    if (received !== accounted && this.violations.length < 20) {
      this.violations.push(
        `process ${process}: ${received} received, but ${settled} settled + ${filtered} filtered + ${deadLettered} dead-lettered + ${inFlight} in flight + ${abandoned} abandoned = ${accounted}`,
      )
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
