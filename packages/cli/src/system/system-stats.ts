import type { FunctionStats } from '@millrace/function-runtime'
import type { IndexStats } from '@millrace/log-index'

/** `GET /stats`: what the system does at this moment. */
export interface SystemStats {
  readonly version: string
  readonly uptimeSeconds: number
  readonly index: IndexStats
  readonly deadLetters: number
  readonly mappings: readonly MappingStats[]
  readonly functions: readonly ({ readonly name: string } & FunctionStats)[]
  readonly process: { readonly rssBytes: number; readonly cpuSeconds: number }
}

export interface MappingStats {
  readonly uuid: string
  readonly stream: string
  readonly function: string
  /** Why it runs at the concurrency that it does. */
  readonly explanation: string
  /** received = settled + deadLettered + inFlight + abandoned, at any time. Abandoned: given up unsettled with their shard, and received again later. */
  readonly records: {
    readonly received: number
    readonly settled: number
    readonly deadLettered: number
    readonly inFlight: number
    readonly abandoned: number
  }
  readonly shards: readonly ShardStats[]
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
