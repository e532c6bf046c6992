import { streamArn } from '@millrace/stream'
import { WireTimestamp } from '../wire/wire-values.ts'
import { consumerArn } from './consumer-arn.ts'
import type { RegisteredConsumer } from './consumer-store.ts'

/** A consumer as the API lists it. It is there as soon as it is registered. */
export function consumerOutput(streamName: string, consumer: RegisteredConsumer): object {
  return {
    ConsumerName: consumer.name,
    ConsumerARN: consumerArn(streamName, consumer),
    ConsumerStatus: 'ACTIVE',
    ConsumerCreationTimestamp: new WireTimestamp(consumer.createdTimestamp),
  }
}

/** The same with its stream. */
export function consumerDescription(streamName: string, consumer: RegisteredConsumer): object {
  return { ...consumerOutput(streamName, consumer), StreamARN: streamArn(streamName) }
}
