import type { RecordCounters } from '../lib/millrace-life.ts'
import type { SupervisedMillrace } from '../lib/supervised-millrace.ts'
import type { Expected } from './expected.ts'
import { describeFault } from './fault-plan.ts'
import type { Producer } from './producer.ts'
import type { FaultSeen } from './run-chaos.ts'
import type { Examples, SightingsSummary } from './sightings.ts'
import type { Watch } from './watch.ts'

/** What a run came to. */
export interface ChaosReport {
  readonly seed: number
  readonly records: number
  readonly seconds: number
  /** Empty: nothing was lost, doubled or out of order, and the counters add up. */
  readonly violations: readonly string[]
  readonly stream: SightingsSummary
  readonly index: SightingsSummary
  /** Sums over all lives of all processes, by what each said last before it was killed. */
  readonly counters: RecordCounters
  readonly faults: readonly FaultReport[]
  readonly memoryPeakMiB: { readonly millrace: readonly number[]; readonly pipes: readonly number[] }
  /** From the last record that was accepted and the last fault until everything was settled. */
  readonly catchUpSeconds: number
}

export interface FaultReport {
  readonly fault: string
  readonly atSeconds: number
  readonly awaySeconds: number
  /** From when it was back until no record was older than five seconds. */
  readonly caughtUpSeconds?: number
  readonly skipped?: string
}

export interface Evidence {
  readonly seed: number
  readonly expected: Expected
  readonly stream: SightingsSummary
  readonly index: SightingsSummary
  readonly watch: Watch
  readonly faults: readonly FaultSeen[]
  readonly complaints: readonly string[]
  readonly processes: readonly SupervisedMillrace[]
  readonly producers: readonly Producer[]
  readonly caughtUp: boolean
  readonly catchUpSeconds: number
  readonly seconds: number
}

/**
 * Holds what was found against what was promised:
 * - each record that was sent is one document, and there is nothing else;
 * - each is in the stream at least once; the positions of a key's records, where each stands first, ascend as they were sent;
 * - a key's documents were written in that order too (by the numbers that Elasticsearch gives to writes, over all backing indices);
 * - no dead letters, nothing lost to retention, every pipe content, no process that ended by itself;
 * - received = settled + filtered + dead-lettered + in flight + abandoned, in every answer of every process, and in the end nothing is in flight.
 */
export function judge(evidence: Evidence): ChaosReport {
  const { expected, stream, index, watch, processes, producers, faults, seed, seconds, catchUpSeconds } = evidence
  return {
    seed,
    records: expected.records,
    seconds,
    violations: [...violationsOf(evidence)],
    stream,
    index,
    counters: watch.counters,
    faults: faults.map(({ fault, beganMs, endedMs, skipped }) => {
      const caughtUpSeconds = skipped === undefined ? watch.caughtUpAfter(endedMs) : undefined
      return {
        fault: describeFault(fault),
        atSeconds: beganMs / 1000,
        awaySeconds: (endedMs - beganMs) / 1000,
        ...(caughtUpSeconds === undefined ? {} : { caughtUpSeconds }),
        ...(skipped === undefined ? {} : { skipped }),
      }
    }),
    memoryPeakMiB: {
      millrace: processes.map(({ lives }) => Math.round(Math.max(...lives.map((life) => life.peakRssMiB)))),
      pipes: producers.map(({ pipe }) => Math.round(pipe.peakRssMiB)),
    },
    catchUpSeconds,
  }
}

function* violationsOf({ expected, stream, index, watch, complaints, processes, caughtUp }: Evidence): Generator<string> {
  yield* complaints
  if (!caughtUp) yield 'The records were not settled within the time that the end may take.'
  if (index.total !== expected.records) yield `${index.total} documents in the index instead of ${expected.records}.`
  yield* named('not in the index', index.missing)
  yield* named('more than once in the index', index.repeated)
  yield* named('written to the index out of order', index.outOfOrder)
  if (index.foreign > 0) yield `${index.foreign} documents that nobody sent are in the index.`
  yield* named('not in the stream', stream.missing)
  yield* named('out of order in the stream', stream.outOfOrder)
  if (stream.foreign > 0) yield `${stream.foreign} records that nobody sent are in the stream.`
  if (watch.deadLetters > 0) yield `${watch.deadLetters} dead letters.`
  if (watch.lostRecords > 0) yield `${watch.lostRecords} records lost to retention.`
  yield* watch.violations
  for (const [at, process] of processes.entries()) {
    for (const failure of process.failures) yield `process ${at} ${failure}`
    const records = process.life.lastStats?.mappings[0]?.records
    if (records !== undefined && records.inFlight > 0) yield `process ${at} says that ${records.inFlight} records are in flight in the end.`
  }
}

function* named(what: string, { count, examples }: Examples): Generator<string> {
  if (count > 0) yield `${count} records ${what}: ${examples.join(', ')}${count > examples.length ? ', …' : ''}`
}
