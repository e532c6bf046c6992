import { integer } from '../../aws/shape.ts'
import { onStream, streamModeDetails } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'
import type { StreamDetails } from '../streams/stream-details.ts'

interface Input extends StreamReference {
  readonly StreamModeDetails: { readonly StreamMode: StreamDetails['mode'] }
  readonly WarmThroughputMiBps?: number
}

/** The shards stay as they are. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html */
export const updateStreamMode: KinesisOperation = operation<Input>({
  name: 'UpdateStreamMode',
  input: onStream({ StreamModeDetails: streamModeDetails, WarmThroughputMiBps: integer(0) }, ['StreamARN', 'StreamModeDetails']),
  run: async (input, { services: { streams }, details }) => {
    const stream = await findDescription(input, streams)
    const warm = input.WarmThroughputMiBps
    await details.change(stream, (before) => ({
      ...before,
      mode: input.StreamModeDetails.StreamMode,
      ...(warm === undefined ? {} : { warmThroughputMiBps: warm }),
    }))
    return undefined
  },
})
