import { onStream, tagMap } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'
import { withTags } from '../streams/stream-details.ts'

interface Input extends StreamReference {
  readonly Tags: Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html */
export const addTagsToStream: KinesisOperation = operation<Input>({
  name: 'AddTagsToStream',
  input: onStream({ Tags: tagMap }, ['Tags']),
  run: async (input, { services: { streams }, details }) => {
    const stream = await findDescription(input, streams)
    await details.change(stream, (before) => ({ ...before, tags: withTags(before.tags, input.Tags) }))
    return undefined
  },
})
