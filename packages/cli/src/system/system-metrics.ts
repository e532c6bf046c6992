import { Counter, Gauge, type Registry } from 'prom-client'
import type { RunningMapping, System } from './system.ts'

/** Adds the system's own metrics to a registry. They are read when they are asked for: the hot path counts in plain numbers. */
export function registerSystemMetrics(registry: Registry, system: System): void {
  const registers = [registry]
  const mapping = ['stream', 'function'] as const
  const counters = [
    ['received', 'Records polled.', (each: RunningMapping) => each.mapper.stats().received],
    ['settled', 'Records that the function has handled.', (each: RunningMapping) => each.mapper.stats().settled],
    ['dead_lettered', 'Records that are kept as dead letters.', (each: RunningMapping) => each.mapper.stats().deadLettered],
    [
      'abandoned',
      'Records given up unsettled with their shard; they are received again.',
      (each: RunningMapping) => each.mapper.stats().abandoned,
    ],
  ] as const
  for (const [name, help, read] of counters) {
    counter(registers, `millrace_mapping_records_${name}_total`, help, mapping, (set) => {
      for (const each of system.mappings) set(labelsOf(each), read(each))
    })
  }
  const events = [
    ['invocations', 'Invocations.'],
    ['failedInvocations', 'Invocations that failed, or answered that a record failed.'],
    ['retries', 'Invocations that repeated records.'],
    ['overloads', 'Invocations answered with overload by the index.'],
    ['throttles', 'Times that the function was at its concurrency limit.'],
  ] as const
  for (const [name, help] of events) {
    const metric = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    counter(registers, `millrace_mapping_${metric}_total`, help, mapping, (set) => {
      for (const each of system.mappings) set(labelsOf(each), each.mapper.stats()[name])
    })
  }
  const gauges = [
    ['millrace_mapping_records_in_flight', 'Records polled and not settled yet.', (each: RunningMapping) => each.mapper.stats().inFlight],
    ['millrace_mapping_concurrency', 'Invocations under way.', (each: RunningMapping) => each.mapper.stats().concurrency.active],
    [
      'millrace_mapping_concurrency_limit',
      'Invocations that may be under way; the index lowers it by pushing back.',
      (each: RunningMapping) => each.mapper.stats().concurrency.limit,
    ],
  ] as const
  for (const [name, help, read] of gauges) {
    gauge(registers, name, help, mapping, (set) => {
      for (const each of system.mappings) set(labelsOf(each), read(each))
    })
  }
  registerLag(registers, system)
  gauge(registers, 'millrace_dead_letters', 'Dead letters that are kept.', [], async (set) => set({}, await system.deadLetters.count()))
  gauge(registers, 'millrace_index_documents', 'Documents in the index.', [], async (set) =>
    set({}, (await system.index.stats()).documents),
  )
  gauge(registers, 'millrace_index_bytes', 'Size of the index on disk, bytes.', [], async (set) =>
    set({}, (await system.index.stats()).bytes),
  )
  gauge(registers, 'millrace_process_resident_memory_bytes', 'Resident memory, bytes.', [], (set) => set({}, process.memoryUsage.rss()))
  counter(registers, 'millrace_process_cpu_seconds_total', 'CPU time of all threads, seconds.', [], (set) => {
    const { user, system: kernel } = process.cpuUsage()
    set({}, (user + kernel) / 1e6)
  })
}

/** Lag is told by the stream, so that it is true also while nothing moves. */
function registerLag(registers: Registry[], system: System): void {
  const labels = ['stream', 'function', 'shard'] as const
  const perShard = async (
    set: Set,
    read: (lag: { records: number; oldestUnsettledTimestamp: number | undefined; lostRecords: number }) => number,
  ): Promise<void> => {
    for (const { definition } of system.mappings) {
      const stream = await system.streams.get(definition.streamName)
      for (const lag of await stream.lag(definition.uuid)) {
        set({ stream: definition.streamName, function: definition.functionName, shard: lag.shardId }, read(lag))
      }
    }
  }
  gauge(registers, 'millrace_shard_lag_seconds', 'Age of the oldest unsettled record, seconds.', labels, (set) =>
    perShard(set, (lag) =>
      lag.oldestUnsettledTimestamp === undefined ? 0 : Math.max(0, Date.now() - lag.oldestUnsettledTimestamp) / 1000,
    ),
  )
  gauge(registers, 'millrace_shard_lag_records', 'Records that are not settled.', labels, (set) => perShard(set, (lag) => lag.records))
  counter(registers, 'millrace_shard_lost_records_total', 'Records that retention took before they were settled.', labels, (set) =>
    perShard(set, (lag) => lag.lostRecords),
  )
}

type Set = (labels: Readonly<Record<string, string>>, value: number) => void

function counter(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: readonly string[],
  collect: (set: Set) => void | Promise<void>,
): void {
  const metric: Counter = new Counter({
    name,
    help,
    labelNames,
    registers,
    collect: async () => {
      metric.reset()
      await collect((labels, value) => metric.inc(labels, value))
    },
  })
}

function gauge(
  registers: Registry[],
  name: string,
  help: string,
  labelNames: readonly string[],
  collect: (set: Set) => void | Promise<void>,
): void {
  const metric: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers,
    collect: async () => {
      metric.reset()
      await collect((labels, value) => metric.set(labels, value))
    },
  })
}

function labelsOf({ definition }: RunningMapping): Readonly<Record<string, string>> {
  return { stream: definition.streamName, function: definition.functionName }
}
