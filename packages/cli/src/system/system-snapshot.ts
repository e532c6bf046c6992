import type { Explanation, KnownMapping, MappingDefinition, MapperStats } from '@millrace/event-source-mapper'
import type { CoordinationStats } from '@millrace/function'
import type { AccountStats, AsyncStats, FunctionStats } from '@millrace/function-runtime'
import type { IndexStats } from '@millrace/log-index'
import type { Clock, ShardLag } from '@millrace/stream'
import type { System } from './system.ts'
import { within } from './within.ts'

/** The figures of a system at one moment: what `GET /stats` and the metrics are made of. */
export interface SystemSnapshot {
  /** Milliseconds since the epoch. */
  readonly takenTimestamp: number
  /** Undefined where the index does not answer. */
  readonly index: IndexStats | undefined
  readonly deadLetters: number | undefined
  readonly mappings: readonly MappingSnapshot[]
  readonly functions: ReadonlyMap<string, FunctionStats>
  /** By function, of those that were invoked so. */
  readonly asynchronous: ReadonlyMap<string, AsyncStats>
  readonly account: AccountStats
  readonly coordination: CoordinationStats
  /** The parts that did not answer, whose figures are missing. */
  readonly unavailable: readonly UnavailablePart[]
}

export interface MappingSnapshot {
  readonly definition: MappingDefinition
  readonly stats: MapperStats
  readonly explanation: Explanation
  /** Undefined where the stream does not answer. */
  readonly lags: readonly ShardLag[] | undefined
}

export interface UnavailablePart {
  readonly part: 'index' | 'dead letters' | 'stream'
  readonly reason: string
}

/** A scrape is over before most scrapers give up. */
const answerTimeoutMs = 5_000

/** Asks every part once, all at the same time. A part that does not answer is left out, and named. */
export async function takeSnapshot(system: System, clock: Clock): Promise<SystemSnapshot> {
  const unavailable: UnavailablePart[] = []
  const ask = async <Answer>(part: UnavailablePart['part'], work: Promise<Answer>): Promise<Answer | undefined> => {
    try {
      return await within(answerTimeoutMs, clock, work)
    } catch (error) {
      unavailable.push({ part, reason: error instanceof Error ? error.message : String(error) })
      return undefined
    }
  }
  const mappingSnapshot = async ({ definition, mapper }: KnownMapping): Promise<MappingSnapshot> => {
    const stream = system.sourceOf(definition)
    const lags = await ask(
      'stream',
      stream.then((found) => found.lag(definition.uuid)),
    )
    return { definition, stats: mapper.stats(), explanation: mapper.explain(), lags }
  }
  const [index, deadLetters, mappings] = await Promise.all([
    ask('index', system.index.stats()),
    ask('dead letters', system.deadLetters.count()),
    Promise.all(system.mappings.map(mappingSnapshot)),
  ])
  return {
    takenTimestamp: clock.now(),
    index,
    deadLetters,
    mappings,
    functions: system.runtime.stats(),
    asynchronous: system.functions.asynchronous.stats(),
    account: system.runtime.accountStats(),
    coordination: system.coordination.stats(),
    unavailable,
  }
}

/** Age of a shard's oldest unsettled record, in seconds; 0 where everything is settled. */
export function lagSeconds(lag: ShardLag, takenTimestamp: number): number {
  const oldest = lag.oldestUnsettledTimestamp
  return oldest === undefined ? 0 : Math.max(0, takenTimestamp - oldest) / 1000
}
