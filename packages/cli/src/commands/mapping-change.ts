import type { EventSourceMappingConfiguration } from '@millrace/function'
import { streamArn } from '@millrace/stream'
import { connectToRunning } from '../client/connect.ts'
import { MappingClient, titleOf } from '../client/mapping-client.ts'
import type { OptionValues } from '../options/option.ts'
import { CommandError, UsageError } from '../options/usage-error.ts'
import { parseAssignments } from './mapping-assignments.ts'
import type { mappingCreateOptions, mappingOptions, mappingUpdateOptions } from './mapping-options.ts'

type Options = OptionValues<typeof mappingOptions>

/** `millrace mapping create` */
export async function createMapping(options: OptionValues<typeof mappingCreateOptions>, signal: AbortSignal): Promise<void> {
  const request = {
    ...parseAssignments(options.set),
    ...startingAt(options.from),
    FunctionName: options.function,
    ...sourceMembers(options),
    Enabled: !options.paused,
  }
  const mappings = new MappingClient(await connectToRunning(options), signal)
  const { UUID } = await mappings.create(request)
  print(await mappings.settled(UUID), options.json)
}

/** `millrace mapping update MAPPING` */
export async function updateMapping(name: string, options: OptionValues<typeof mappingUpdateOptions>, signal: AbortSignal): Promise<void> {
  const request = { ...parseAssignments(options.set), ...(options.function === undefined ? {} : { FunctionName: options.function }) }
  if (Object.keys(request).length === 0) throw new UsageError('Say what to change: --set name=value, or --function.')
  await change(name, request, options, signal)
}

/** `millrace mapping pause MAPPING`, `millrace mapping resume MAPPING` */
export async function switchMapping(name: string, on: boolean, options: Options, signal: AbortSignal): Promise<void> {
  await change(name, { Enabled: on }, options, signal)
}

/** `millrace mapping delete MAPPING` */
export async function deleteMapping(name: string, options: Options, signal: AbortSignal): Promise<void> {
  const mappings = new MappingClient(await connectToRunning(options), signal)
  const mapping = await mappings.find(name)
  const answer = await mappings.delete(mapping.UUID)
  await mappings.settled(mapping.UUID)
  console.log(options.json ? JSON.stringify(answer) : `${titleOf(mapping)}   deleted   ${mapping.UUID}`)
}

async function change(name: string, request: object, options: Options, signal: AbortSignal): Promise<void> {
  const mappings = new MappingClient(await connectToRunning(options), signal)
  const { UUID } = await mappings.find(name)
  await mappings.update(UUID, request)
  print(await mappings.settled(UUID), options.json)
}

/** What of a request says where records come from. Throws `UsageError`. */
function sourceMembers(options: OptionValues<typeof mappingCreateOptions>): object {
  const { stream, kafkaTopic: topic, kafkaBootstrapServers: servers, kafkaConsumerGroup: group, kafkaAccess: access } = options
  if (topic === undefined) {
    if (servers !== undefined || group !== undefined || access.length > 0) {
      throw new UsageError('--kafka-bootstrap-servers, --kafka-consumer-group and --kafka-access need --kafka-topic.')
    }
    if (stream === undefined) throw new UsageError('Say what to read: --stream, or --kafka-topic and --kafka-bootstrap-servers.')
    return { EventSourceArn: streamArn(stream) }
  }
  if (stream !== undefined) throw new UsageError('--stream and --kafka-topic cannot both be given: a mapping has one source.')
  if (servers === undefined) throw new UsageError('--kafka-topic needs --kafka-bootstrap-servers.')
  return {
    SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: servers } },
    Topics: [topic],
    ...(group === undefined ? {} : { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: group } }),
    ...(access.length === 0 ? {} : { SourceAccessConfigurations: access.map(accessMember) }),
  }
}

function accessMember(text: string): object {
  const at = text.indexOf('=')
  if (at < 1)
    throw new UsageError(`--kafka-access should be TYPE=URI, e.g. SASL_SCRAM_512_AUTH=env:KAFKA_SECRET, and is ${JSON.stringify(text)}.`)
  return { Type: text.slice(0, at), URI: text.slice(at + 1) }
}

function startingAt(from: string): object {
  if (from === 'TRIM_HORIZON' || from === 'LATEST') return { StartingPosition: from }
  const time = Date.parse(from)
  if (Number.isNaN(time)) throw new UsageError(`--from should be TRIM_HORIZON, LATEST or an ISO time, and is ${JSON.stringify(from)}.`)
  return { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: time / 1000 }
}

function print(mapping: EventSourceMappingConfiguration | undefined, json: boolean): void {
  if (mapping === undefined) throw new CommandError('Somebody else has deleted the mapping meanwhile.')
  console.log(json ? JSON.stringify(mapping) : `${titleOf(mapping)}   ${mapping.State}   ${mapping.UUID}`)
}
