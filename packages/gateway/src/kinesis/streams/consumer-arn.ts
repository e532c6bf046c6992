import { streamArn } from '@millrace/stream'
import { KinesisError } from '../kinesis-error.ts'
import { type RegisteredConsumer } from './consumer-store.ts'

/** A consumer's ARN ends in the second of its creation, so that it is not that of its namesake after it. */
export function consumerArn(streamName: string, { name, createdTimestamp }: Pick<RegisteredConsumer, 'name' | 'createdTimestamp'>): string {
  return `${streamArn(streamName)}/consumer/${name}:${Math.floor(createdTimestamp / 1000)}`
}

/** What an ARN of a stream, or of a consumer of it, means. */
export interface ArnTarget {
  readonly streamName: string
  readonly consumerName?: string
}

/** Throws `InvalidArgumentException` for the ARN of something else. */
export function arnTarget(arn: string): ArnTarget {
  const match = /:stream\/([a-zA-Z0-9_.-]+)(?:\/consumer\/([a-zA-Z0-9_.-]+)(?::\d+)?)?$/.exec(arn)
  const [, streamName, consumerName] = match ?? []
  if (streamName === undefined) {
    throw new KinesisError('InvalidArgumentException', `${arn.slice(0, 256)} is not the ARN of a stream, or of a consumer of one.`)
  }
  return { streamName, ...(consumerName === undefined ? {} : { consumerName }) }
}
