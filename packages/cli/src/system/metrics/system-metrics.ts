import type { Registry } from 'prom-client'
import type { SystemSnapshot } from '../system-snapshot.ts'
import { coordinationMetrics } from './coordination-metrics.ts'
import { functionMetrics } from './function-metrics.ts'
import { mappingMetrics } from './mapping-metrics.ts'
import { type Metric, registerMetric, single } from './metric.ts'

/** Adds the system's own metrics to a registry. All that one scrape reads should come from one snapshot: see `sharing`. */
export function registerSystemMetrics(registry: Registry, snapshot: () => Promise<SystemSnapshot>): void {
  for (const metric of [...mappingMetrics, ...functionMetrics, ...coordinationMetrics, ...wholeMetrics])
    registerMetric(registry, metric, snapshot)
}

const parts = ['index', 'dead letters', 'stream'] as const

const wholeMetrics: readonly Metric[] = [
  single('gauge', 'millrace_dead_letters', 'Dead letters that are kept.', ({ deadLetters }) => deadLetters),
  single('gauge', 'millrace_index_documents', 'Documents in the index.', ({ index }) => index?.documents),
  single('gauge', 'millrace_index_bytes', 'Size of the index on disk, bytes.', ({ index }) => index?.bytes),
  {
    type: 'gauge',
    name: 'millrace_part_available',
    help: '1 for a part that answers; the figures of one that does not are left out.',
    labels: ['part'],
    read: ({ unavailable }) => parts.map((part) => [{ part }, Number(unavailable.every((each) => each.part !== part))]),
  },
  single('gauge', 'millrace_process_resident_memory_bytes', 'Resident memory, bytes.', () => process.memoryUsage.rss()),
  single('counter', 'millrace_process_cpu_seconds_total', 'CPU time of all threads, seconds.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  }),
]
