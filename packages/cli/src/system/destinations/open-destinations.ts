import { join } from 'node:path'
import { type DestinationWriter, type Destinations, InvalidDestinationError, parseDestination } from '@millrace/function'
import { FileDestination, HttpDestination, StreamDestination } from '@millrace/function/destinations'
import type { Clock, StreamRegistry } from '@millrace/stream'

export interface DestinationBackends {
  readonly streams: StreamRegistry
  /** Writers to topics; undefined where there is no Kafka. */
  readonly topicDestination: ((topic: string) => DestinationWriter) | undefined
  /** What S3 is: each bucket is a directory in it. */
  readonly s3Directory: string
  readonly clock: Clock
}

/** Destinations of invocations over what this system stands on. */
export function openDestinations(backends: DestinationBackends): Destinations {
  return { open: (destination) => open(destination, backends) }
}

function open(destination: string, { streams, topicDestination, s3Directory, clock }: DestinationBackends): DestinationWriter {
  const parsed = parseDestination(destination)
  switch (parsed.kind) {
    case 'stream':
      return new StreamDestination(streams, parsed.streamName)
    case 'topic':
      if (topicDestination !== undefined) return topicDestination(parsed.topic)
      throw new InvalidDestinationError(
        `${destination} is a Kafka topic, and this system has no Kafka. Start it with --kafka, or use a stream (arn:aws:kinesis:…).`,
      )
    case 'bucket':
      return new FileDestination(join(s3Directory, parsed.bucket, parsed.prefix))
    case 'http':
      return new HttpDestination({ url: parsed.url, clock })
  }
}
