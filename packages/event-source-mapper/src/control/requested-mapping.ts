import {
  type CreateEventSourceMappingRequest,
  InvalidParameterValueException,
  type UpdateEventSourceMappingRequest,
} from '@millrace/function'
import type { MappingParameters, MappingParametersInput } from '../mapping-parameters.ts'
import { InvalidMappingError, parseMappingParameters } from '../parse-mapping-parameters.ts'
import { isLambdas } from './mapping-configuration.ts'

/** The name of the stream that an ARN names; of any region and account, since there is one of each here. Throws `InvalidParameterValueException`. */
export function streamNameOf(request: Pick<CreateEventSourceMappingRequest, 'EventSourceArn' | 'SelfManagedEventSource'>): string {
  if (request.SelfManagedEventSource !== undefined) {
    throw new InvalidParameterValueException(
      'SelfManagedEventSource is not supported: the records of a mapping come from a stream. Give EventSourceArn.',
    )
  }
  if (request.EventSourceArn === undefined)
    throw new InvalidParameterValueException('EventSourceArn is required: it says which stream is mapped.')
  const [, name] = /^arn:[^:]*:kinesis:[^:]*:[^:]*:stream\/([a-zA-Z0-9_.-]{1,128})$/.exec(request.EventSourceArn) ?? []
  if (name !== undefined) return name
  throw new InvalidParameterValueException(
    `Unrecognized event source: ${request.EventSourceArn} is not the ARN of a stream, arn:aws:kinesis:REGION:ACCOUNT:stream/NAME.`,
  )
}

/** What a request says besides the mapping's parameters. */
const notParameters: ReadonlySet<string> = new Set<keyof CreateEventSourceMappingRequest>([
  'FunctionName',
  'EventSourceArn',
  'SelfManagedEventSource',
  'Topics',
  'SelfManagedKafkaEventSourceConfig',
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
export function checkParameters(parameters: object, now: number): MappingParameters {
  try {
    return parseMappingParameters(parameters, now)
  } catch (error) {
    if (error instanceof InvalidMappingError) throw new InvalidParameterValueException(error.message, { cause: error })
    throw error
  }
}
