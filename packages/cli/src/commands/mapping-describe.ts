import { mappingParametersSchema } from '@millrace/event-source-mapper'
import type { EventSourceMappingConfiguration } from '@millrace/function'
import { z } from 'zod'
import { connectToRunning } from '../client/connect.ts'
import { MappingClient, titleOf } from '../client/mapping-client.ts'
import type { OptionValues } from '../options/option.ts'
import type { MappingStats, SystemStats } from '../system/system-stats.ts'
import type { mappingOptions } from './mapping-options.ts'
import { table } from './table.ts'

/** `millrace mapping describe MAPPING`: how it stands, and why it runs at the concurrency that it does. */
export async function describeMapping(name: string, options: OptionValues<typeof mappingOptions>, signal: AbortSignal): Promise<void> {
  const client = await connectToRunning(options)
  const mapping = await new MappingClient(client, signal).find(name)
  const { mappings } = await client.json<SystemStats>('GET', '/stats', undefined, signal)
  const stats = mappings.find((each) => each.uuid === mapping.UUID)
  if (options.json) console.log(JSON.stringify({ ...mapping, Stats: stats }))
  else for (const line of renderMapping(mapping, stats)) console.log(line)
}

/** As lines to read. Without figures where the process that was asked does not run it. */
export function renderMapping(mapping: EventSourceMappingConfiguration, stats: MappingStats | undefined): string[] {
  const rows: (readonly string[])[] = [
    ['uuid', mapping.UUID],
    ...kafkaRows(mapping),
    ['state', `${mapping.State} (${mapping.StateTransitionReason})`],
    ['last result', mapping.LastProcessingResult],
    ['changed', new Date(mapping.LastModified * 1000).toISOString()],
    ['concurrency', stats?.explanation ?? 'This process does not run it at present.'],
    ...(stats === undefined ? [] : [['records', recordLine(stats.records)]]),
    ...(stats?.shards ?? []).map((shard) => [shard.shardId, shardLine(shard)]),
    ...changedParameters(mapping),
  ]
  return [titleOf(mapping), ...table(rows.map(([label = '', ...cells]) => [`  ${label}`, ...cells]))]
}

function kafkaRows({
  SelfManagedEventSource: cluster,
  SelfManagedKafkaEventSourceConfig: config,
  SourceAccessConfigurations: access = [],
}: EventSourceMappingConfiguration): (readonly string[])[] {
  if (cluster === undefined) return []
  return [
    ['kafka', cluster.Endpoints?.KAFKA_BOOTSTRAP_SERVERS?.join(',') ?? ''],
    ['consumer group', config?.ConsumerGroupId ?? ''],
    ...access.map(({ Type = '', URI = '' }) => ['access', `${Type} ${URI}`]),
  ]
}

const n = (value: number): string => value.toLocaleString('en')

function recordLine({ received, settled, filtered, deadLettered, inFlight, abandoned }: MappingStats['records']): string {
  const leftOut = filtered === 0 ? '' : ` + filtered out ${n(filtered)}`
  const back = abandoned === 0 ? '' : ` + given back ${n(abandoned)}`
  return `received ${n(received)} = settled ${n(settled)}${leftOut} + dead-lettered ${n(deadLettered)} + in flight ${n(inFlight)}${back}`
}

function shardLine({ records, lagSeconds, lostRecords }: NonNullable<MappingStats['shards']>[number]): string {
  const behind = lagSeconds === 0 ? 'up to date' : `${n(records)} records, ${lagSeconds.toFixed(1)} s behind`
  return `${behind}${lostRecords === 0 ? '' : `, ${n(lostRecords)} LOST to retention`}`
}

/** Parameters that are not as they would be without a word. */
function changedParameters(mapping: EventSourceMappingConfiguration): (readonly string[])[] {
  const { properties = {} } = z.toJSONSchema(mappingParametersSchema, { io: 'input' })
  const given: Readonly<Record<string, unknown>> = { ...mapping, ...mapping.Millrace }
  return Object.keys({ ...properties, FilterCriteria: 1, DestinationConfig: 1, MetricsConfig: 1 }).flatMap((name) => {
    const property = properties[name]
    const fallback = typeof property === 'object' ? property.default : undefined
    const value = given[name]
    if (value === undefined || isEmpty(value) || JSON.stringify(value) === JSON.stringify(fallback)) return []
    return [[name, `${JSON.stringify(value)}${fallback === undefined ? '' : ` (default ${JSON.stringify(fallback)})`}`]]
  })
}

function isEmpty(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((member) => typeof member === 'object' && isEmpty(member))
  )
}
