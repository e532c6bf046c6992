import { string } from '../../aws/shape.ts'
import { onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'
import type { StreamDetails } from '../streams/stream-details.ts'

interface Input extends StreamReference {
  readonly RecordDistributionStrategy: StreamDetails['recordDistributionStrategy']
}

/** With AUTO, records may come without a partition key. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamRecordDistributionStrategy.html */
export const updateStreamRecordDistributionStrategy: KinesisOperation = operation<Input>({
  name: 'UpdateStreamRecordDistributionStrategy',
  input: onStream({ RecordDistributionStrategy: string({ enum: ['AUTO', 'USER_PARTITION_KEY'] }) }, ['RecordDistributionStrategy']),
  run: async (input, { services: { streams }, details }) => {
    const stream = await findDescription(input, streams)
    await details.change(stream, (before) => ({ ...before, recordDistributionStrategy: input.RecordDistributionStrategy }))
    return undefined
  },
})
