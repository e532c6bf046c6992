import { string } from '../../aws/shape.ts'
import { KinesisError } from '../kinesis-error.ts'
import { onResource } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findArnResource } from '../streams/arn-resource.ts'

interface Input {
  readonly ResourceARN: string
  readonly Policy: string
}

/** AWS's limit of a policy's size. */
const policyCharsMax = 20_480

/** Kept, and without effect. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html */
export const putResourcePolicy: KinesisOperation = operation<Input>({
  name: 'PutResourcePolicy',
  input: onResource({ Policy: string() }, ['Policy']),
  run: async ({ ResourceARN, Policy }, context) => {
    if (Policy.length > policyCharsMax || !isJsonObject(Policy)) {
      throw new KinesisError('InvalidArgumentException', `The Policy is not a JSON document of at most ${policyCharsMax} characters.`)
    }
    const resource = await findArnResource(ResourceARN, context)
    await resource.change((before) => ({ ...before, policy: Policy }))
    return undefined
  },
})

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
