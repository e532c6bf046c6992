import type { Stream, StreamRegistry } from '@millrace/stream'
import type { KafkaEventSource } from './kafka-event-source.ts'
import type { MappingParametersInput } from '../mapping-parameters.ts'

/** Which stream goes to which function, and how. */
export interface MappingDefinition {
  readonly uuid: string
  /** Of a Kafka topic, which is no stream: `kafka://TOPIC`. */
  readonly streamName: string
  readonly kafka?: KafkaEventSource
  readonly functionName: string
  /** As they were given, in AWS's names; what is left out has the function's or the schema's default. */
  readonly parameters: MappingParametersInput
}

/** What there is one mapping of at most. */
export type MappingSource = Pick<MappingDefinition, 'streamName' | 'kafka' | 'functionName'>

/** Whether two mappings read from the same. A topic is the same where it is reached by the same servers, in whatever order. */
export function isSameSource(one: Omit<MappingSource, 'functionName'>, other: Omit<MappingSource, 'functionName'>): boolean {
  return one.streamName === other.streamName && serversOf(one) === serversOf(other)
}

function serversOf({ kafka }: Pick<MappingSource, 'kafka'>): string {
  return (kafka?.bootstrapServers ?? []).toSorted().join()
}

/** What of the system a mapping's control has to know about functions. */
export interface FunctionsInView {
  /** Names of the functions that this process can run. */
  names(): readonly string[]
  /** Under a mapping's own parameters, over the schema's. */
  parameterDefaults(functionName: string): object
}

/** What mappings read from. */
export interface EventSources {
  readonly streams: Pick<StreamRegistry, 'get'>
  /** Topics that are no streams. Nothing is asked of Kafka before the stream is used; what fails then is not retryable, so that it is told. */
  readonly topics?: { open(source: KafkaEventSource): Stream }
}

/** What a mapping reads from. Rejects with `StreamNotFoundError`. */
export async function sourceOf(
  { streams, topics }: EventSources,
  definition: Pick<MappingDefinition, 'streamName' | 'kafka'>,
): Promise<Stream> {
  if (definition.kafka === undefined) return streams.get(definition.streamName)
  if (topics === undefined) throw new Error(`${definition.streamName} cannot be read here: topics of other Kafkas are not opened.`)
  return topics.open(definition.kafka)
}
