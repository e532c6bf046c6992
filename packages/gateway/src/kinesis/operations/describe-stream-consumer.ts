import { type KinesisOperation, operation } from '../operation.ts'
import { consumerReference } from '../model/shapes.ts'
import { consumerDescription } from '../streams/consumer-output.ts'
import { type ConsumerReference, findConsumer } from '../streams/find-consumer.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html */
export const describeStreamConsumer: KinesisOperation = operation<ConsumerReference>({
  name: 'DescribeStreamConsumer',
  input: consumerReference,
  run: async (input, context) => {
    const { stream, consumer } = await findConsumer(input, context)
    return { ConsumerDescription: consumerDescription(stream.name, consumer) }
  },
})
