import { structure } from '../../aws/shape.ts'
import { consumerName, streamArnShape, streamIdShape, tagMap } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { consumerOutput } from '../streams/consumer-output.ts'
import { findDescription } from '../streams/find-stream.ts'
import { withTags } from '../streams/stream-details.ts'

interface Input {
  readonly StreamARN: string
  readonly StreamId?: string
  readonly ConsumerName: string
  readonly Tags?: Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html */
export const registerStreamConsumer: KinesisOperation = operation<Input>({
  name: 'RegisterStreamConsumer',
  input: structure({ StreamARN: streamArnShape, ConsumerName: consumerName, StreamId: streamIdShape, Tags: tagMap }, [
    'StreamARN',
    'ConsumerName',
  ]),
  run: async ({ StreamARN, StreamId, ConsumerName, Tags }, { services: { streams, clock }, consumers }) => {
    const stream = await findDescription({ StreamARN, ...(StreamId === undefined ? {} : { StreamId }) }, streams)
    const consumer = { name: ConsumerName, createdTimestamp: clock.now(), tags: withTags({}, Tags ?? {}) }
    await consumers.register(stream, consumer)
    return { Consumer: consumerOutput(stream.name, consumer) }
  },
})
