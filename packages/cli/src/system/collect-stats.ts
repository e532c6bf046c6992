import type { CoordinationStats } from '@millrace/function'
import { version } from '../version.ts'
import { lagSeconds, type MappingSnapshot, type SystemSnapshot } from './system-snapshot.ts'
import type { LimitsStats, MappingStats, SystemStats } from './system-stats.ts'

/** Makes `GET /stats`. `startedAt` is in milliseconds since the epoch. */
export function collectStats(snapshot: SystemSnapshot, startedAt: number): SystemStats {
  const { takenTimestamp, index, deadLetters, mappings, functions, asynchronous, coordination, unavailable } = snapshot
  const cpu = process.cpuUsage()
  return {
    version,
    uptimeSeconds: (takenTimestamp - startedAt) / 1000,
    ...(index === undefined ? {} : { index }),
    ...(deadLetters === undefined ? {} : { deadLetters }),
    mappings: mappings.map((mapping) => mappingStats(mapping, takenTimestamp)),
    functions: [...functions].map(([name, figures]) => ({ name, ...figures, ...asynchronous.get(name) })),
    coordination: limitsStats(coordination),
    process: { rssBytes: process.memoryUsage.rss(), cpuSeconds: (cpu.user + cpu.system) / 1e6 },
    unavailable,
  }
}

function mappingStats({ definition, stats, explanation, lags }: MappingSnapshot, takenTimestamp: number): MappingStats {
  const { received, settled, filtered, deadLettered, inFlight, abandoned } = stats
  const shards = lags?.map((lag) => ({
    shardId: lag.shardId,
    records: lag.records,
    lagSeconds: lagSeconds(lag, takenTimestamp),
    lostRecords: lag.lostRecords,
  }))
  return {
    uuid: definition.uuid,
    stream: definition.streamName,
    function: definition.functionName,
    explanation: explanation.message,
    records: { received, settled, filtered, deadLettered, inFlight, abandoned },
    eventCounts: stats.eventCounts,
    ...(shards === undefined ? {} : { shards }),
  }
}

function limitsStats({ concurrency, rates, ...figures }: CoordinationStats): LimitsStats {
  return {
    ...figures,
    concurrency: [...concurrency].map(([name, limit]) => ({ name, ...limit })),
    rates: [...rates].map(([name, rate]) => ({ name, ...rate })),
  }
}
