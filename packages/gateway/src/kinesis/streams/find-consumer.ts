import type { StreamDescription } from '@millrace/stream'
import type { KinesisContext } from '../kinesis-context.ts'
import { KinesisError } from '../kinesis-error.ts'
import { arnTarget, consumerArn } from './consumer-arn.ts'
import { consumerNotFound, type RegisteredConsumer } from './consumer-store.ts'
import { findDescription } from './find-stream.ts'

/** How a request names a consumer: by its ARN, or by its stream's and its name. */
export interface ConsumerReference {
  readonly ConsumerARN?: string
  readonly StreamARN?: string
  readonly StreamId?: string
  readonly ConsumerName?: string
}

export interface FoundConsumer {
  readonly stream: StreamDescription
  readonly consumer: RegisteredConsumer
}

/** Throws `ResourceNotFoundException`, `InvalidArgumentException`. */
export async function findConsumer(reference: ConsumerReference, { services, consumers }: KinesisContext): Promise<FoundConsumer> {
  const { ConsumerARN, StreamARN, StreamId, ConsumerName } = reference
  const target = ConsumerARN === undefined ? undefined : arnTarget(ConsumerARN)
  const name = target?.consumerName ?? ConsumerName
  if (name === undefined || (target === undefined && StreamARN === undefined && StreamId === undefined)) {
    throw new KinesisError('InvalidArgumentException', 'Either ConsumerARN, or both StreamARN and ConsumerName must be given.')
  }
  const named = {
    ...(StreamARN === undefined ? {} : { StreamARN }),
    ...(StreamId === undefined ? {} : { StreamId }),
    ...(target === undefined ? {} : { StreamName: target.streamName }),
  }
  if (ConsumerName !== undefined && ConsumerName !== name) {
    throw new KinesisError('InvalidArgumentException', `The request names two consumers: ${name} and ${ConsumerName}.`)
  }
  const stream = await findDescription(named, services.streams)
  const consumer = await consumers.get(stream, name)
  if (consumer === undefined || (ConsumerARN !== undefined && !isArnOf(ConsumerARN, stream.name, consumer)))
    throw consumerNotFound(stream.name, name)
  return { stream, consumer }
}

/** By the part behind the stream: region and account are not looked at. */
function isArnOf(arn: string, streamName: string, consumer: RegisteredConsumer): boolean {
  const own = consumerArn(streamName, consumer)
  return arn.slice(arn.indexOf(':stream/')) === own.slice(own.indexOf(':stream/'))
}
