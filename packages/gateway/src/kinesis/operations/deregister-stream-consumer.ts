import { type KinesisOperation, operation } from '../operation.ts'
import { consumerReference } from '../model/shapes.ts'
import { type ConsumerReference, findConsumer } from '../streams/find-consumer.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeregisterStreamConsumer.html */
export const deregisterStreamConsumer: KinesisOperation = operation<ConsumerReference>({
  name: 'DeregisterStreamConsumer',
  input: consumerReference,
  run: async (input, context) => {
    const { stream, consumer } = await findConsumer(input, context)
    await context.consumers.deregister(stream, consumer.name)
    return undefined
  },
})
