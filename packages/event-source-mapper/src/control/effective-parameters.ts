import { compileFilterCriteria } from '../filter/filter-criteria.ts'
import type { MappingParameters } from '../mapping-parameters.ts'
import { InvalidMappingError, parseMappingParameters } from '../parse-mapping-parameters.ts'
import type { FunctionsInView, MappingDefinition } from './mapping-definition.ts'

/** Lambda's for Kafka, in seconds. */
const kafkaBatchingWindow = 0.5
/** Lambda's for Kafka, where retries have no limit and an OnFailure destination waits. */
const kafkaRetriesMax = 10

/**
 * The parameters that a mapping goes by: as given, else the function's, else those of the kind of its source. `now` is in milliseconds since the epoch. Throws
 * `InvalidMappingError`.
 */
export function effectiveParameters(
  { functionName, parameters, kafka }: Pick<MappingDefinition, 'functionName' | 'parameters' | 'kafka'>,
  functions: Pick<FunctionsInView, 'parameterDefaults'>,
  now: number,
): MappingParameters {
  const ofSource = kafka === undefined ? {} : { MaximumBatchingWindowInSeconds: kafkaBatchingWindow }
  const parsed = parseMappingParameters({ ...ofSource, ...functions.parameterDefaults(functionName), ...parameters }, now)
  try {
    compileFilterCriteria(parsed.FilterCriteria, kafka === undefined ? 'stream' : 'kafka')
  } catch (error) {
    throw new InvalidMappingError(`The mapping's parameters cannot be used: ${error instanceof Error ? error.message : String(error)}.`)
  }
  const isTold = (parsed.DestinationConfig?.OnFailure?.Destination ?? '') !== ''
  if (kafka === undefined || !isTold || parsed.MaximumRetryAttempts >= 0) return parsed
  return { ...parsed, MaximumRetryAttempts: kafkaRetriesMax }
}
