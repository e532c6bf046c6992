import type { AsyncStats, DurationSummary, FunctionStats } from '@millrace/function-runtime'
import type { Metric, Sample } from './metric.ts'
import { single } from './metric.ts'

/** What each function of this process does: CloudWatch's metrics of Lambda, in Prometheus's spelling. */
export const functionMetrics: readonly Metric[] = [
  ofFunction('counter', 'invocations_total', 'Invocations that were run (Invocations).', (stats) => stats.invocations),
  ofFunction('counter', 'errors_total', 'Invocations that failed (Errors).', (stats) => stats.errors),
  ofFunction('counter', 'timeouts_total', 'Invocations that took too long.', (stats) => stats.timeouts),
  ofFunction('counter', 'throttles_total', 'Invocations that were refused because of a limit (Throttles).', (stats) => stats.throttles),
  ofFunction('gauge', 'concurrent_executions', 'Executions under way (ConcurrentExecutions).', (stats) => stats.concurrentExecutions),
  ofFunction('gauge', 'concurrency_limit', 'Executions that all processes may have under way.', (stats) => stats.concurrencyMax),
  ofFunction('gauge', 'environments', 'Execution environments, starting ones included.', (stats) => stats.environments),
  ofFunction('counter', 'environment_starts_total', 'Execution environments that were started.', (stats) => stats.environmentStarts),
  ofFunction('counter', 'cold_starts_total', 'Invocations that waited for their environment.', (stats) => stats.coldStarts),
  ofFunction('counter', 'init_failures_total', 'Environments that never got ready.', (stats) => stats.initFailures),
  ofFunction('counter', 'billed_duration_seconds_total', 'Time that Lambda would bill.', (stats) => stats.billedDurationMs / 1000),
  ofFunction('counter', 'billed_gb_seconds_total', 'Memory by time that Lambda would bill.', (stats) => stats.gbSeconds),
  ofFunction('gauge', 'memory_max_megabytes', 'Most memory that an invocation has used.', (stats) => stats.maxMemoryUsedMb),
  ofFunction(
    'gauge',
    'provisioned_concurrency',
    'Executions that environments are kept ready for in this process.',
    (stats) => stats.provisionedConcurrency,
  ),
  ofFunction(
    'counter',
    'provisioned_concurrency_invocations_total',
    'Invocations in environments that are kept ready (ProvisionedConcurrencyInvocations).',
    (stats) => stats.provisionedInvocations,
  ),
  ofFunction(
    'counter',
    'provisioned_concurrency_spillover_invocations_total',
    'Invocations that found all of them busy (ProvisionedConcurrencySpilloverInvocations).',
    (stats) => stats.spilloverInvocations,
  ),
  ofFunction(
    'gauge',
    'provisioned_concurrency_utilization',
    'Share of the provisioned concurrency that is in use, 0 to 1 (ProvisionedConcurrencyUtilization).',
    (stats) => stats.provisionedConcurrencyUtilization,
  ),
  durations('duration_seconds', 'How long handlers ran (Duration).', ({ functions }) =>
    [...functions].map(([name, { durations: summary }]) => [name, summary]),
  ),
  durations('init_duration_seconds', 'How long environments took to get ready (InitDuration).', ({ functions }) =>
    [...functions].map(([name, { initDurations }]) => [name, initDurations]),
  ),
  single(
    'gauge',
    'millrace_concurrent_executions',
    'Executions of all functions under way (ConcurrentExecutions).',
    ({ account }) => account.concurrentExecutions,
  ),
  single(
    'gauge',
    'millrace_unreserved_concurrent_executions',
    'Executions of functions that reserve no concurrency (UnreservedConcurrentExecutions).',
    ({ account }) => account.unreservedConcurrentExecutions,
  ),
  asynchronous('events_received_total', 'Events that were accepted (AsyncEventsReceived).', (stats) => stats.asyncEventsReceived),
  asynchronous('events_dropped_total', 'Events that became dead letters (AsyncEventsDropped).', (stats) => stats.asyncEventsDropped),
  asynchronous('retries_total', 'Attempts after a failed one.', (stats) => stats.asyncRetries),
  asynchronous(
    'deferrals_total',
    'Times that an event was put back because its function could not be run.',
    (stats) => stats.asyncDeferrals,
  ),
  asynchronous(
    'destination_delivery_failures_total',
    'Records that a destination did not take (DestinationDeliveryFailures).',
    (stats) => stats.destinationDeliveryFailures,
  ),
  asynchronous(
    'dead_letter_errors_total',
    'Events that a dead-letter target did not take (DeadLetterErrors).',
    (stats) => stats.deadLetterErrors,
  ),
  durations('async_event_age_seconds', 'Age of events when an attempt begins (AsyncEventAge).', ({ asynchronous: stats }) =>
    [...stats].map(([name, { asyncEventAge }]) => [name, asyncEventAge]),
  ),
]

function ofFunction(type: Metric['type'], name: string, help: string, read: (stats: FunctionStats) => number): Metric {
  return {
    type,
    name: `millrace_function_${name}`,
    help,
    labels: ['function'],
    read: ({ functions }) => [...functions].map(([label, stats]) => [{ function: label }, read(stats)]),
  }
}

function asynchronous(name: string, help: string, read: (stats: AsyncStats) => number): Metric {
  return {
    type: 'counter',
    name: `millrace_function_async_${name}`,
    help,
    labels: ['function'],
    read: (snapshot) => [...snapshot.asynchronous].map(([label, stats]) => [{ function: label }, read(stats)]),
  }
}

function durations(
  name: string,
  help: string,
  read: (snapshot: Parameters<Metric['read']>[0]) => readonly (readonly [string, DurationSummary])[],
): Metric {
  return {
    type: 'gauge',
    name: `millrace_function_${name}`,
    help: `${help} Since the start; by statistic.`,
    labels: ['function', 'statistic'],
    read: (snapshot) => read(snapshot).flatMap(([label, summary]) => samples(label, summary)),
  }
}

/** Nothing before the first one. */
function samples(label: string, { count, minMs, meanMs, p50Ms, p95Ms, p99Ms, maxMs }: DurationSummary): Sample[] {
  if (count === 0) return []
  const statistics = { min: minMs, avg: meanMs, p50: p50Ms, p95: p95Ms, p99: p99Ms, max: maxMs }
  return Object.entries(statistics).map(([statistic, ms]) => [{ function: label, statistic }, ms / 1000])
}
