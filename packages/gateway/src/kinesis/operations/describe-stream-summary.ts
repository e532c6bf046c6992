import { streamArn } from '@millrace/stream'
import { onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, streamIdOf, type StreamReference } from '../streams/find-stream.ts'
import { shardsOf } from '../streams/shards-of.ts'
import { commonDescription } from '../streams/stream-output.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html */
export const describeStreamSummary: KinesisOperation = operation<StreamReference>({
  name: 'DescribeStreamSummary',
  input: onStream(),
  run: async (input, { services: { streams }, details, consumers }) => {
    const stream = await findDescription(input, streams)
    const kept = await details.get(stream)
    const shards = await shardsOf(stream, streams)
    const { warmThroughputMiBps: warm } = kept
    return {
      StreamDescriptionSummary: {
        StreamName: stream.name,
        StreamARN: streamArn(stream.name),
        StreamId: streamIdOf(stream),
        ...commonDescription(stream, kept),
        OpenShardCount: shards.filter(({ endingPosition }) => endingPosition === undefined).length,
        ConsumerCount: (await consumers.list(stream)).length,
        WarmThroughput: warm === undefined ? undefined : { TargetMiBps: warm, CurrentMiBps: warm },
        MaxRecordSizeInKiB: kept.maxRecordSizeInKiB,
        RecordDistributionStrategy: kept.recordDistributionStrategy,
      },
    }
  },
})
