import {
  type EventSourceMappingConfiguration,
  type EventSourceMappingSettings,
  eventSourceMappingArn,
  functionArn,
} from '@millrace/function'
import { streamArn } from '@millrace/stream'
import type { MappingParameters } from '../mapping-parameters.ts'
import type { KafkaEventSource } from './kafka-event-source.ts'
import type { VersionedMapping } from './mapping-document.ts'

/** A mapping in Lambda's words. `parameters` are the effective ones. What Lambda does not have is under `Millrace`. */
export function mappingConfiguration(
  { uuid, document }: VersionedMapping,
  parameters: MappingParameters,
  lastProcessingResult: string,
): EventSourceMappingConfiguration {
  const { kafka } = document
  const told = kafka === undefined ? parameters : withoutStreams(parameters)
  const entries = Object.entries(told).filter(([name, value]) => name !== 'Enabled' && value !== undefined)
  const lambdas = Object.fromEntries(entries.filter(([name]) => isLambdas(name))) as Omit<EventSourceMappingSettings, 'Enabled'>
  return {
    ...lambdas,
    UUID: uuid,
    EventSourceMappingArn: eventSourceMappingArn(uuid),
    ...(kafka === undefined ? { EventSourceArn: streamArn(document.streamName) } : kafkaMembers(kafka, uuid)),
    FunctionArn: functionArn(document.functionName),
    LastModified: document.lastModified / 1000,
    LastProcessingResult: lastProcessingResult,
    State: document.state,
    StateTransitionReason: kafka === undefined ? 'User action' : 'USER_INITIATED',
    Millrace: Object.fromEntries(entries.filter(([name]) => !isLambdas(name))),
  }
}

function kafkaMembers({ topic, bootstrapServers, consumerGroupId, access }: KafkaEventSource, uuid: string): object {
  return {
    SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: bootstrapServers } },
    Topics: [topic],
    SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: consumerGroupId ?? uuid },
    ...(access === undefined ? {} : { SourceAccessConfigurations: access.map(({ type, uri }) => ({ Type: type, URI: uri })) }),
  }
}

/** Without what has no meaning for a Kafka topic. Clients take the window for whole seconds: Lambda's default of half of one is not told. */
function withoutStreams(parameters: MappingParameters): Partial<MappingParameters> {
  const { ParallelizationFactor: _, TumblingWindowInSeconds: __, MaximumBatchingWindowInSeconds: window, ...rest } = parameters
  return Number.isInteger(window) ? { ...rest, MaximumBatchingWindowInSeconds: window } : rest
}

/** Lambda's parameters begin with a capital, Millrace's own do not. */
export function isLambdas(parameterName: string): boolean {
  return /^[A-Z]/.test(parameterName)
}
