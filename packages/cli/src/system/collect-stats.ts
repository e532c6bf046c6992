import { version } from '../version.ts'
import type { RunningMapping, System } from './system.ts'
import type { MappingStats, SystemStats } from './system-stats.ts'

/** Makes `GET /stats`. */
export async function collectStats(system: System, startedAt: number): Promise<SystemStats> {
  const [index, deadLetters, mappings] = await Promise.all([
    system.index.stats(),
    system.deadLetters.count(),
    Promise.all(system.mappings.map((mapping) => mappingStats(mapping, system))),
  ])
  const cpu = process.cpuUsage()
  return {
    version,
    uptimeSeconds: (Date.now() - startedAt) / 1000,
    index,
    deadLetters,
    mappings,
    functions: [...system.runtime.stats()].map(([name, figures]) => ({ name, ...figures })),
    process: { rssBytes: process.memoryUsage.rss(), cpuSeconds: (cpu.user + cpu.system) / 1e6 },
  }
}

async function mappingStats({ definition, mapper }: RunningMapping, system: System): Promise<MappingStats> {
  const stream = await system.streams.get(definition.streamName)
  const lags = await stream.lag(definition.uuid)
  const { received, settled, deadLettered, inFlight, abandoned } = mapper.stats()
  const now = Date.now()
  return {
    uuid: definition.uuid,
    stream: definition.streamName,
    function: definition.functionName,
    explanation: mapper.explain().message,
    records: { received, settled, deadLettered, inFlight, abandoned },
    shards: lags.map((lag) => ({
      shardId: lag.shardId,
      records: lag.records,
      lagSeconds: lag.oldestUnsettledTimestamp === undefined ? 0 : Math.max(0, now - lag.oldestUnsettledTimestamp) / 1000,
      lostRecords: lag.lostRecords,
    })),
  }
}
