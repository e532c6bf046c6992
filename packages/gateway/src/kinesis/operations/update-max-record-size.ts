import { integer } from '../../aws/shape.ts'
import { onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly MaxRecordSizeInKiB: number
}

/** Holds within a second. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html */
export const updateMaxRecordSize: KinesisOperation = operation<Input>({
  name: 'UpdateMaxRecordSize',
  input: onStream({ MaxRecordSizeInKiB: integer(1024, 10_240) }, ['MaxRecordSizeInKiB']),
  run: async (input, { services: { streams }, details }) => {
    const stream = await findDescription(input, streams)
    await details.change(stream, (before) => ({ ...before, maxRecordSizeInKiB: input.MaxRecordSizeInKiB }))
    return undefined
  },
})
