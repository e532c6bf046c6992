import type { MappingParametersInput } from '../mapping-parameters.ts'

/** Which stream goes to which function, and how. */
export interface MappingDefinition {
  readonly uuid: string
  readonly streamName: string
  readonly functionName: string
  /** As they were given, in AWS's names; what is left out has the function's or the schema's default. */
  readonly parameters: MappingParametersInput
}

/** What of the system a mapping's control has to know about functions. */
export interface FunctionsInView {
  /** Names of the functions that this process can run. */
  names(): readonly string[]
  /** Under a mapping's own parameters, over the schema's. */
  parameterDefaults(functionName: string): object
}
