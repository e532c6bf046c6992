import type { EventSourceMappingState } from '@millrace/function'
import { type JsonValue, NewerVersionError, type Resource } from '@millrace/stream'
import type { KafkaEventSource } from './kafka-event-source.ts'
import type { MappingParametersInput } from '../mapping-parameters.ts'

/** Kind of the resources that mappings are kept as; the id is the UUID. */
export const mappingKind = 'event-source-mapping'

/** Those of streams are as they always were; those of Kafka topics must not be taken for such. */
const formats = { stream: 1, kafka: 2 }

/** A mapping as it is wished for, and how far the processes have come with that. */
export interface MappingDocument {
  /** Of a Kafka topic, which is no stream: `kafka://TOPIC`. */
  readonly streamName: string
  readonly kafka?: KafkaEventSource
  readonly functionName: string
  /** As they were given, in AWS's names; what is left out has the function's or the schema's default. */
  readonly parameters: MappingParametersInput
  readonly state: EventSourceMappingState
  /** Milliseconds since the epoch. */
  readonly lastModified: number
  readonly tags?: Readonly<Record<string, string>>
}

/** A document with the version of its resource. */
export interface VersionedMapping {
  readonly uuid: string
  readonly version: number
  readonly document: MappingDocument
}

export function encodeMapping(document: MappingDocument): JsonValue {
  // Through JSON, which is what it is kept as: what is undefined is left out.
  const format = document.kafka === undefined ? formats.stream : formats.kafka
  return JSON.parse(JSON.stringify({ format, ...document })) as JsonValue
}

/** Throws `NewerVersionError` for one that a newer Millrace wrote. */
export function decodeMapping({ id, version, value }: Resource): VersionedMapping {
  const { format: found, ...document } = value as unknown as MappingDocument & { readonly format: number }
  if (found > formats.kafka) throw new NewerVersionError(`The event source mapping ${id}`, found, formats.kafka)
  return { uuid: id, version, document }
}
