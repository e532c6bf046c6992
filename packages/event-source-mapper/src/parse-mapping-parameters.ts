import type { MappingParameters } from './mapping-parameters.ts'
import { mappingParametersSchema } from './mapping-parameters.ts'

/** Parameters that cannot be: the message names each of them with its value. */
export class InvalidMappingError extends Error {
  readonly retryable = false
  override readonly name = 'InvalidMappingError'
}

/**
 * Checks what a user wrote, and fills in the defaults. `now`, in milliseconds since the epoch, is what a starting time is compared with.
 * Throws `InvalidMappingError`.
 */
export function parseMappingParameters(input: unknown, now: number): MappingParameters {
  const result = mappingParametersSchema.safeParse(input)
  if (!result.success) {
    throw new InvalidMappingError(
      `The mapping's parameters cannot be used: ${result.error.issues.map((issue) => describe(issue, input)).join('; ')}.`,
    )
  }
  const { StartingPositionTimestamp: timestamp } = result.data
  if (timestamp !== undefined && timestamp * 1000 > now) {
    throw new InvalidMappingError(
      `The mapping's parameters cannot be used: StartingPositionTimestamp ${timestamp} lies in the future (it is ${now / 1000} now, in seconds).`,
    )
  }
  return result.data
}

function describe(issue: { readonly path: readonly PropertyKey[]; readonly message: string }, input: unknown): string {
  if (issue.path.length === 0) return issue.message
  const value = issue.path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  )
  const name = issue.path.map(String).join('.')
  return value === undefined ? `${name} (not given): ${issue.message}` : `${name} ${JSON.stringify(value)}: ${issue.message}`
}
