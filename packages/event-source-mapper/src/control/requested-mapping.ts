import {
  type CreateEventSourceMappingRequest,
  InvalidParameterValueException,
  type UpdateEventSourceMappingRequest,
} from '@millrace/function'
import type { MappingParameters, MappingParametersInput } from '../mapping-parameters.ts'
import { InvalidMappingError } from '../parse-mapping-parameters.ts'
import { effectiveParameters } from './effective-parameters.ts'
import { checkKafkaParameters, kafkaSourceName, kafkaSourceOf } from './kafka-event-source.ts'
import { isLambdas } from './mapping-configuration.ts'
import type { FunctionsInView, MappingDefinition } from './mapping-definition.ts'

/** The name of the stream that an ARN names; of any region and account, since there is one of each here. Throws `InvalidParameterValueException`. */
export function streamNameOf(arn: string): string {
  const [, name] = /^arn:[^:]*:kinesis:[^:]*:[^:]*:stream\/([a-zA-Z0-9_.-]{1,128})$/.exec(arn) ?? []
  if (name !== undefined) return name
  throw new InvalidParameterValueException(
    `Unrecognized event source: ${arn} is not the ARN of a stream, arn:aws:kinesis:REGION:ACCOUNT:stream/NAME.`,
  )
}

/** What a request maps: a stream, or a topic of another Kafka. Throws `InvalidParameterValueException`. */
export function requestedSource(request: CreateEventSourceMappingRequest): Pick<MappingDefinition, 'streamName' | 'kafka'> {
  const { EventSourceArn: arn, SelfManagedEventSource: cluster } = request
  if (arn !== undefined && cluster !== undefined) {
    throw new InvalidParameterValueException('EventSourceArn and SelfManagedEventSource cannot both be given: a mapping has one source.')
  }
  const kafka = kafkaSourceOf(request)
  if (kafka !== undefined) return { streamName: kafkaSourceName(kafka), kafka }
  if (arn === undefined) {
    throw new InvalidParameterValueException(
      'EventSourceArn is required: it says which stream is mapped. A Kafka topic takes a SelfManagedEventSource instead.',
    )
  }
  return { streamName: streamNameOf(arn) }
}

/** What a request says besides the mapping's parameters. */
const notParameters: ReadonlySet<string> = new Set<keyof CreateEventSourceMappingRequest>([
  'FunctionName',
  'EventSourceArn',
  'SelfManagedEventSource',
  'Topics',
  'SelfManagedKafkaEventSourceConfig',
  'SourceAccessConfigurations',
  'Tags',
])

/** Parameters as a request gives them. Throws `InvalidParameterValueException` for one of Lambda's among Millrace's. */
export function requestedParameters(
  request: CreateEventSourceMappingRequest | UpdateEventSourceMappingRequest,
): Partial<MappingParametersInput> {
  const { Millrace: own = {}, ...lambdas } = request
  for (const name of Object.keys(own)) {
    if (isLambdas(name)) throw new InvalidParameterValueException(`${name} has its place in the request itself, not in Millrace.`)
  }
  const given = Object.entries(lambdas).filter(([name, value]) => !notParameters.has(name) && value !== undefined)
  return { ...Object.fromEntries(given), ...own }
}

/** Throws `InvalidParameterValueException`, which names each parameter that cannot be with its value. */
export function checkParameters(
  definition: Pick<MappingDefinition, 'functionName' | 'parameters' | 'kafka'>,
  functions: FunctionsInView,
  now: number,
): MappingParameters {
  if (definition.kafka !== undefined) checkKafkaParameters(definition.parameters)
  try {
    return effectiveParameters(definition, functions, now)
  } catch (error) {
    if (error instanceof InvalidMappingError) throw new InvalidParameterValueException(error.message, { cause: error })
    throw error
  }
}
