import type { ConcurrencyStats, RateStats } from '@millrace/function'
import { type Metric, single } from './metric.ts'

/** The limits that all processes share, as this process stands to them. */
export const coordinationMetrics: readonly Metric[] = [
  single('gauge', 'millrace_coordination_degraded', '1 while Redis is away and each process goes by its part of the limits.', (snapshot) =>
    Number(snapshot.coordination.degraded),
  ),
  single(
    'counter',
    'millrace_coordination_degradations_total',
    'Times that Redis was lost.',
    ({ coordination }) => coordination.degradations,
  ),
  single('gauge', 'millrace_coordination_processes', 'Processes that share the limits.', ({ coordination }) => coordination.processes),
  single('counter', 'millrace_coordination_round_trips_total', 'Requests to Redis.', ({ coordination }) => coordination.roundTrips),
  single(
    'counter',
    'millrace_coordination_failures_total',
    'Requests to Redis without an answer.',
    ({ coordination }) => coordination.failures,
  ),
  ofLimit('max', 'Invocations that all processes together may have under way.'),
  ofLimit('taken', 'Invocations under way in this process.'),
  ofLimit('allowed', 'Invocations that this process may have under way at present.'),
  ofLimit('waiting', 'Invocations of this process that wait for the limit.'),
  ofRate('counter', 'granted', 'Calls that the rate allowed.'),
  ofRate('counter', 'refused', 'Calls that the rate refused.'),
  ofRate('gauge', 'keys', 'Buckets in use.'),
]

function ofLimit(figure: keyof ConcurrencyStats, help: string): Metric {
  return {
    type: 'gauge',
    name: `millrace_concurrency_limit_${figure}`,
    help,
    labels: ['limit'],
    read: ({ coordination }) => [...coordination.concurrency].map(([limit, stats]) => [{ limit }, stats[figure]]),
  }
}

function ofRate(type: Metric['type'], figure: keyof RateStats, help: string): Metric {
  return {
    type,
    name: `millrace_rate_limit_${figure}${type === 'counter' ? '_total' : ''}`,
    help,
    labels: ['limit'],
    read: ({ coordination }) => [...coordination.rates].map(([limit, stats]) => [{ limit }, stats[figure]]),
  }
}
