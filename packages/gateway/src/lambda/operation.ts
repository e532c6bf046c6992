import type { GatewayServices } from '../gateway-services.ts'
import type { StructureShape } from '../aws/shape.ts'

/** One operation of Lambda's API. */
export interface LambdaOperation {
  /** AWS's name of it. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As Lambda's model has it, e.g. `/2015-03-31/event-source-mappings/{UUID}`. */
  readonly path: string
  /** Status of a good answer. */
  readonly status: number
  /** Members of the path, the query and the body together: their names are never the same. */
  readonly input: StructureShape
  /** Answers the body, or nothing. The input matches its shape. Rejects with `LambdaApiError`s for what the caller can do something about. */
  run(input: never, services: GatewayServices): Promise<object | undefined>
}

/** An operation whose input has the type that its shape describes. */
export function operation<Input>(
  definition: Omit<LambdaOperation, 'run'> & { run(input: Input, services: GatewayServices): Promise<object | undefined> },
): LambdaOperation {
  return definition
}
