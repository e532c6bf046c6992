import type { StructureShape } from '../aws/shape.ts'
import type { KinesisContext } from './kinesis-context.ts'

/** One operation of Kinesis's API. */
export interface KinesisOperation {
  /** AWS's name of it. */
  readonly name: string
  readonly input: StructureShape
  /** Answers the output, or nothing where AWS answers an empty body. The input matches its shape. */
  run(input: never, context: KinesisContext): Promise<object | undefined>
}

/** An operation whose input has the type that its shape describes. */
export function operation<Input>(
  definition: Omit<KinesisOperation, 'run'> & { run(input: Input, context: KinesisContext): Promise<object | undefined> },
): KinesisOperation {
  return definition
}
