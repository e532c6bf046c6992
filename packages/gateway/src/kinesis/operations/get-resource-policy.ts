import { KinesisError } from '../kinesis-error.ts'
import { onResource } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findArnResource } from '../streams/arn-resource.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetResourcePolicy.html */
export const getResourcePolicy: KinesisOperation = operation<{ readonly ResourceARN: string }>({
  name: 'GetResourcePolicy',
  input: onResource(),
  run: async ({ ResourceARN }, context) => {
    const { policy } = (await findArnResource(ResourceARN, context)).properties
    if (policy === undefined)
      throw new KinesisError('ResourceNotFoundException', `No resource policy found for resource ARN ${ResourceARN}`)
    return { Policy: policy }
  },
})
