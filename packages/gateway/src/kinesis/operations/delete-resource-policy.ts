import { KinesisError } from '../kinesis-error.ts'
import { onResource } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findArnResource } from '../streams/arn-resource.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteResourcePolicy.html */
export const deleteResourcePolicy: KinesisOperation = operation<{ readonly ResourceARN: string }>({
  name: 'DeleteResourcePolicy',
  input: onResource(),
  run: async ({ ResourceARN }, context) => {
    const resource = await findArnResource(ResourceARN, context)
    if (resource.properties.policy === undefined) {
      throw new KinesisError('ResourceNotFoundException', `No resource policy found for resource ARN ${ResourceARN}`)
    }
    await resource.change((before) => ({ ...before, policy: undefined }))
    return undefined
  },
})
