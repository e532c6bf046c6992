import type { MapperStats } from '@millrace/event-source-mapper'
import type { ConcurrencyStats, CoordinationStats, RateStats } from '@millrace/function'
import type { AsyncStats, FunctionStats } from '@millrace/function-runtime'
import type { IndexStats } from '@millrace/log-index'
import type { UnavailablePart } from './system-snapshot.ts'

/** `GET /stats`: what the system does at this moment. */
export interface SystemStats {
  readonly version: string
  readonly uptimeSeconds: number
  /** Left out while the index does not answer. */
  readonly index?: IndexStats
  /** Left out while they cannot be counted. */
  readonly deadLetters?: number
  readonly mappings: readonly MappingStats[]
  readonly functions: readonly ({ readonly name: string } & FunctionStats & Partial<AsyncStats>)[]
  readonly coordination: LimitsStats
  readonly process: { readonly rssBytes: number; readonly cpuSeconds: number }
  /** The parts that did not answer, whose figures are left out. */
  readonly unavailable: readonly UnavailablePart[]
}

/** The limits that hold for all processes together, as this process stands to them. */
export interface LimitsStats extends Omit<CoordinationStats, 'concurrency' | 'rates'> {
  readonly concurrency: readonly ({ readonly name: string } & ConcurrencyStats)[]
  readonly rates: readonly ({ readonly name: string } & RateStats)[]
}

export interface MappingStats {
  readonly uuid: string
  readonly stream: string
  readonly function: string
  /** Why it runs at the concurrency that it does. */
  readonly explanation: string
  /**
   * received = settled + filtered + deadLettered + inFlight + abandoned, at any time. Filtered: they match no filter. Abandoned: given up unsettled with
   * their shard, and received again later.
   */
  readonly records: {
    readonly received: number
    readonly settled: number
    readonly filtered: number
    readonly deadLettered: number
    readonly inFlight: number
    readonly abandoned: number
  }
  /** Lambda's metrics of the mapping, under CloudWatch's names, as sums since this process began. */
  readonly eventCounts: MapperStats['eventCounts']
  /** Left out while the stream does not answer. */
  readonly shards?: readonly ShardStats[]
}

export interface ShardStats {
  readonly shardId: string
  /** Records that are not settled. */
  readonly records: number
  /** Age of the oldest of them, in seconds. */
  readonly lagSeconds: number
  /** Records that retention took before they were settled. */
  readonly lostRecords: number
}
