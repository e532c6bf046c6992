import { integer } from '../../aws/shape.ts'
import { onStream, tagKey } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'
import { pageAfter } from '../streams/page-token.ts'
import { tagList } from '../streams/stream-details.ts'

interface Input extends StreamReference {
  readonly ExclusiveStartTagKey?: string
  readonly Limit?: number
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html */
export const listTagsForStream: KinesisOperation = operation<Input>({
  name: 'ListTagsForStream',
  input: onStream({ ExclusiveStartTagKey: tagKey, Limit: integer(1, 50) }),
  run: async (input, { services: { streams }, details }) => {
    const { tags } = await details.get(await findDescription(input, streams))
    const { items, more } = pageAfter(tagList(tags), ({ Key }) => Key, input.ExclusiveStartTagKey, input.Limit ?? 50)
    return { Tags: items, HasMoreTags: more }
  },
})
