import { list } from '../../aws/shape.ts'
import { onStream, tagKey } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'
import { withoutTags } from '../streams/stream-details.ts'

interface Input extends StreamReference {
  readonly TagKeys: readonly string[]
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RemoveTagsFromStream.html */
export const removeTagsFromStream: KinesisOperation = operation<Input>({
  name: 'RemoveTagsFromStream',
  input: onStream({ TagKeys: list(tagKey, 1, 50) }, ['TagKeys']),
  run: async (input, { services: { streams }, details }) => {
    const stream = await findDescription(input, streams)
    await details.change(stream, (before) => ({ ...before, tags: withoutTags(before.tags, input.TagKeys) }))
    return undefined
  },
})
