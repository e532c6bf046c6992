import { structure } from '../../aws/shape.ts'
import { resourceArnShape, streamIdShape, tagMap } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findArnResource } from '../streams/arn-resource.ts'
import { withTags } from '../streams/stream-details.ts'

interface Input {
  readonly ResourceARN: string
  readonly Tags: Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_TagResource.html */
export const tagResource: KinesisOperation = operation<Input>({
  name: 'TagResource',
  input: structure({ Tags: tagMap, ResourceARN: resourceArnShape, StreamId: streamIdShape }, ['Tags', 'ResourceARN']),
  run: async ({ ResourceARN, Tags }, context) => {
    const resource = await findArnResource(ResourceARN, context)
    await resource.change((before) => ({ ...before, tags: withTags(before.tags, Tags) }))
    return undefined
  },
})
