import { list, structure } from '../../aws/shape.ts'
import { resourceArnShape, streamIdShape, tagKey } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findArnResource } from '../streams/arn-resource.ts'
import { withoutTags } from '../streams/stream-details.ts'

interface Input {
  readonly ResourceARN: string
  readonly TagKeys: readonly string[]
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UntagResource.html */
export const untagResource: KinesisOperation = operation<Input>({
  name: 'UntagResource',
  input: structure({ TagKeys: list(tagKey, 1, 50), ResourceARN: resourceArnShape, StreamId: streamIdShape }, ['TagKeys', 'ResourceARN']),
  run: async ({ ResourceARN, TagKeys }, context) => {
    const resource = await findArnResource(ResourceARN, context)
    await resource.change((before) => ({ ...before, tags: withoutTags(before.tags, TagKeys) }))
    return undefined
  },
})
