import { streamArn } from '@millrace/stream'
import type { KinesisContext } from '../kinesis-context.ts'
import { findDescription, type StreamReference } from './find-stream.ts'

export interface MonitoringInput extends StreamReference {
  readonly ShardLevelMetrics: readonly string[]
}

const metrics: readonly string[] = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
]

/** Changes which shard-level metrics a stream is said to have, and answers those before and after. Which ones there are does not change. */
export async function changeMonitoring(
  input: MonitoringInput,
  { services: { streams }, details }: KinesisContext,
  choose: (metric: string, before: ReadonlySet<string>, given: ReadonlySet<string>) => boolean,
): Promise<object> {
  const stream = await findDescription(input, streams)
  const given = new Set(input.ShardLevelMetrics.includes('ALL') ? metrics : input.ShardLevelMetrics)
  let current: readonly string[] = []
  const { shardLevelMetrics } = await details.change(stream, (before) => {
    current = before.shardLevelMetrics
    const had = new Set(current)
    return { ...before, shardLevelMetrics: metrics.filter((metric) => choose(metric, had, given)) }
  })
  return {
    StreamName: stream.name,
    StreamARN: streamArn(stream.name),
    CurrentShardLevelMetrics: current,
    DesiredShardLevelMetrics: shardLevelMetrics,
  }
}
