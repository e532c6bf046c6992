import { Counter, Gauge, type Registry } from 'prom-client'
import type { SystemSnapshot } from '../system-snapshot.ts'

/** One metric of the system, read out of a snapshot. */
export interface Metric {
  readonly type: 'counter' | 'gauge'
  readonly name: string
  /** For people, with the unit. */
  readonly help: string
  readonly labels: readonly string[]
  /** Nothing where it is not known at present: then it is not told. */
  read(snapshot: SystemSnapshot): Iterable<Sample>
}

export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** Adds a metric to a registry. It is read when it is asked for: the hot path counts in plain numbers. */
export function registerMetric(registry: Registry, metric: Metric, snapshot: () => Promise<SystemSnapshot>): void {
  const { name, help, labels: labelNames } = metric
  const collect = async (): Promise<void> => {
    const found = await snapshot()
    collector.reset()
    // Without labels, a reset leaves a zero behind, which would be told where nothing is known.
    if (labelNames.length === 0) collector.remove()
    for (const [labels, value] of metric.read(found)) collector.inc(labels, value)
  }
  const configuration = { name, help, labelNames, registers: [registry], collect }
  const collector: Counter | Gauge = metric.type === 'counter' ? new Counter(configuration) : new Gauge(configuration)
}

/** A metric without labels. */
export function single(type: Metric['type'], name: string, help: string, read: (snapshot: SystemSnapshot) => number | undefined): Metric {
  return {
    type,
    name,
    help,
    labels: [],
    read: (snapshot) => {
      const value = read(snapshot)
      return value === undefined ? [] : [[{}, value]]
    },
  }
}
