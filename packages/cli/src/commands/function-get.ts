import type { FunctionDescription, FunctionEventInvokeConfig, ProvisionedConcurrencyConfig } from '@millrace/function'
import type { GatewayClient } from '../client/gateway-client.ts'
import { connectToRunning } from '../client/connect.ts'
import type { OptionValues } from '../options/option.ts'
import type { SystemStats } from '../system/system-stats.ts'
import type { functionOptions } from './function-options.ts'
import { table } from './table.ts'

interface FunctionOverview extends FunctionDescription {
  readonly ProvisionedConcurrency?: ProvisionedConcurrencyConfig
  readonly EventInvokeConfig?: FunctionEventInvokeConfig
  readonly Stats?: SystemStats['functions'][number]
}

/** `millrace function get NAME` */
export async function getFunction(name: string, options: OptionValues<typeof functionOptions>, signal: AbortSignal): Promise<void> {
  const client = await connectToRunning(options)
  const overview = await overviewOf(client, name, signal)
  if (options.json) console.log(JSON.stringify(overview))
  else for (const line of renderFunction(overview)) console.log(line)
}

async function overviewOf(client: GatewayClient, name: string, signal: AbortSignal): Promise<FunctionOverview> {
  const path = `functions/${encodeURIComponent(name)}`
  const description = await client.json<FunctionDescription>('GET', `/2015-03-31/${path}`, undefined, signal)
  const get = <Answer>(rest: string): Promise<Answer> => client.json<Answer>('GET', rest, undefined, signal)
  const [provisioned, events, stats] = await Promise.all([
    get<{ ProvisionedConcurrencyConfigs: ProvisionedConcurrencyConfig[] }>(`/2019-09-30/${path}/provisioned-concurrency?List=ALL`),
    get<{ FunctionEventInvokeConfigs: FunctionEventInvokeConfig[] }>(`/2019-09-25/${path}/event-invoke-config/list`),
    get<SystemStats>('/stats'),
  ])
  const [ProvisionedConcurrency] = provisioned.ProvisionedConcurrencyConfigs
  const [EventInvokeConfig] = events.FunctionEventInvokeConfigs
  const Stats = stats.functions.find((each) => each.name === description.Configuration.FunctionName)
  return {
    ...description,
    ...(ProvisionedConcurrency === undefined ? {} : { ProvisionedConcurrency }),
    ...(EventInvokeConfig === undefined ? {} : { EventInvokeConfig }),
    ...(Stats === undefined ? {} : { Stats }),
  }
}

function renderFunction({
  Configuration: fn,
  Code,
  Concurrency,
  ProvisionedConcurrency,
  EventInvokeConfig,
  Stats,
}: FunctionOverview): string[] {
  const n = (value: number): string => value.toLocaleString('en')
  const rows: (readonly [string, string])[] = [
    ['state', [fn.State, fn.StateReason, `update ${fn.LastUpdateStatus}`, fn.LastUpdateStatusReason].filter(Boolean).join(', ')],
    ['code', `${fn.Handler} in ${Code.Location}`],
    ['memory', `${n(fn.MemorySize)} MB`],
    ['timeout', `${n(fn.Timeout)} s`],
    ['changed', `${fn.LastModified}, revision ${fn.RevisionId}`],
  ]
  if (fn.Description !== '') rows.unshift(['description', fn.Description])
  const variables = Object.keys(fn.Environment?.Variables ?? {})
  if (variables.length > 0) rows.push(['environment', variables.join(', ')])
  if (Concurrency?.ReservedConcurrentExecutions !== undefined)
    rows.push(['reserved', `${n(Concurrency.ReservedConcurrentExecutions)} concurrent executions`])
  if (ProvisionedConcurrency !== undefined) {
    const {
      AllocatedProvisionedConcurrentExecutions: there,
      RequestedProvisionedConcurrentExecutions: wanted,
      Status,
    } = ProvisionedConcurrency
    rows.push(['provisioned', `${n(there)} of ${n(wanted)}, ${Status}`])
  }
  if (EventInvokeConfig !== undefined) {
    const { MaximumRetryAttempts: retries = 2, MaximumEventAgeInSeconds: age = 21_600 } = EventInvokeConfig
    rows.push(['events', `${retries} retries, given up after ${n(age)} s`])
  }
  if (Stats !== undefined) {
    rows.push(
      [
        'invocations',
        `${n(Stats.invocations)}, ${n(Stats.errors)} errors, ${n(Stats.throttles)} throttles, ${n(Stats.busyInvocations)} under way`,
      ],
      ['environments', `${n(Stats.environments)}, ${n(Stats.coldStarts)} cold starts, ${n(Math.round(Stats.gbSeconds))} GB-s`],
    )
  }
  return [fn.FunctionArn, ...table(rows.map(([name, value]) => [`  ${name}`, value]))]
}
