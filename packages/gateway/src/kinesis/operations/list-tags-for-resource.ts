import { onResource } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findArnResource } from '../streams/arn-resource.ts'
import { tagList } from '../streams/stream-details.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForResource.html */
export const listTagsForResource: KinesisOperation = operation<{ readonly ResourceARN: string }>({
  name: 'ListTagsForResource',
  input: onResource(),
  run: async ({ ResourceARN }, context) => ({ Tags: tagList((await findArnResource(ResourceARN, context)).properties.tags) }),
})
