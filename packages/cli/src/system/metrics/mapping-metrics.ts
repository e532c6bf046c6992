import type { MapperStats } from '@millrace/event-source-mapper'
import type { ShardLag } from '@millrace/stream'
import { lagSeconds, type MappingSnapshot } from '../system-snapshot.ts'
import type { Metric } from './metric.ts'

/** What each mapping of this process has done, and how far behind its shards are. */
export const mappingMetrics: readonly Metric[] = [
  ofMapping('counter', 'records_received_total', 'Records polled (PolledEventCount).', (stats) => stats.received),
  ofMapping('counter', 'records_settled_total', 'Records that the function has handled.', (stats) => stats.settled),
  ofMapping(
    'counter',
    'records_filtered_total',
    "Records that match none of the mapping's filters (FilteredOutEventCount).",
    (stats) => stats.filtered,
  ),
  ofMapping(
    'counter',
    'records_invoked_total',
    'Records that the function was invoked with, repeats included (InvokedEventCount).',
    ({ eventCounts }) => eventCounts.InvokedEventCount,
  ),
  ofMapping(
    'counter',
    'records_failed_invoke_total',
    'Those of them that their invocation did not handle (FailedInvokeEventCount).',
    ({ eventCounts }) => eventCounts.FailedInvokeEventCount,
  ),
  ofMapping(
    'counter',
    'records_dropped_total',
    'Records given up that no destination was told of; they are dead letters (DroppedEventCount).',
    ({ eventCounts }) => eventCounts.DroppedEventCount,
  ),
  ofMapping(
    'counter',
    'records_destination_delivered_total',
    'Records given up that the OnFailure destination was told of (OnFailureDestinationDeliveredEventCount).',
    ({ eventCounts }) => eventCounts.OnFailureDestinationDeliveredEventCount,
  ),
  ofMapping('counter', 'records_dead_lettered_total', 'Records that are kept as dead letters.', (stats) => stats.deadLettered),
  ofMapping(
    'counter',
    'records_abandoned_total',
    'Records given up unsettled with their shard; they are received again.',
    (stats) => stats.abandoned,
  ),
  ofMapping('counter', 'invocations_total', 'Invocations.', (stats) => stats.invocations),
  ofMapping(
    'counter',
    'failed_invocations_total',
    'Invocations that failed, or answered that a record failed.',
    (stats) => stats.failedInvocations,
  ),
  ofMapping('counter', 'retries_total', 'Invocations that repeated records.', (stats) => stats.retries),
  ofMapping(
    'counter',
    'bisections_total',
    'Batches split since the function failed (BisectBatchOnFunctionError).',
    (stats) => stats.bisections,
  ),
  ofMapping(
    'counter',
    'destination_failures_total',
    'Times that the OnFailure destination could not be told (DestinationDeliveryFailures).',
    (stats) => {
      return stats.destinationFailures
    },
  ),
  ofMapping('counter', 'overloads_total', 'Invocations answered with overload by the index.', (stats) => stats.overloads),
  ofMapping('counter', 'throttles_total', 'Times that the function was at its concurrency limit.', (stats) => stats.throttles),
  ofMapping('gauge', 'records_in_flight', 'Records polled and not settled yet.', (stats) => stats.inFlight),
  ofMapping('gauge', 'concurrency', 'Invocations under way.', (stats) => stats.concurrency.active),
  ofMapping(
    'gauge',
    'concurrency_limit',
    'Invocations that may be under way; the index lowers it by pushing back.',
    (stats) => stats.concurrency.limit,
  ),
  // Told by the stream, so that it is true also while nothing moves.
  ofShard('gauge', 'lag_seconds', 'Age of the oldest unsettled record, seconds (IteratorAge).', lagSeconds),
  ofShard('gauge', 'lag_records', 'Records that are not settled.', (lag) => lag.records),
  ofShard('counter', 'lost_records_total', 'Records that retention took before they were settled.', (lag) => lag.lostRecords),
]

function ofMapping(type: Metric['type'], name: string, help: string, read: (stats: MapperStats) => number): Metric {
  return {
    type,
    name: `millrace_mapping_${name}`,
    help,
    labels: ['stream', 'function'],
    read: ({ mappings }) => mappings.map((mapping) => [labelsOf(mapping), read(mapping.stats)]),
  }
}

function ofShard(type: Metric['type'], name: string, help: string, read: (lag: ShardLag, takenTimestamp: number) => number): Metric {
  return {
    type,
    name: `millrace_shard_${name}`,
    help,
    labels: ['stream', 'function', 'shard'],
    read: ({ mappings, takenTimestamp }) =>
      mappings.flatMap((mapping) =>
        (mapping.lags ?? []).map((lag) => [{ ...labelsOf(mapping), shard: lag.shardId }, read(lag, takenTimestamp)] as const),
      ),
  }
}

function labelsOf({ definition }: MappingSnapshot): Readonly<Record<string, string>> {
  return { stream: definition.streamName, function: definition.functionName }
}
