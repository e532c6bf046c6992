import type { KinesisContext } from '../kinesis-context.ts'
import { arnTarget } from './consumer-arn.ts'
import { findConsumer } from './find-consumer.ts'
import { findDescription } from './find-stream.ts'

/** What streams and consumers both have. */
export interface ArnProperties {
  readonly tags: Readonly<Record<string, string>>
  readonly policy?: string | undefined
}

/** A stream or a consumer, by its ARN. */
export interface ArnResource {
  readonly properties: ArnProperties
  change(change: <Before extends ArnProperties>(before: Before) => Before): Promise<void>
}

/** Throws `ResourceNotFoundException`, `InvalidArgumentException`. */
export async function findArnResource(arn: string, context: KinesisContext): Promise<ArnResource> {
  const { services, details, consumers } = context
  const { streamName, consumerName } = arnTarget(arn)
  if (consumerName === undefined) {
    const stream = await findDescription({ StreamName: streamName }, services.streams)
    return { properties: await details.get(stream), change: async (change) => void (await details.change(stream, change)) }
  }
  const { stream, consumer } = await findConsumer({ ConsumerARN: arn }, context)
  return { properties: consumer, change: (change) => consumers.change(stream, consumer.name, change) }
}
