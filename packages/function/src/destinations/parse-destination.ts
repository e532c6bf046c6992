import { InvalidDestinationError } from './destination-error.ts'

/** A destination by what it is. */
export type ParsedDestination =
  | { readonly kind: 'stream'; readonly streamName: string }
  | { readonly kind: 'topic'; readonly topic: string }
  /** S3: a directory here. `prefix` without slashes at its ends, empty for none. */
  | { readonly kind: 'bucket'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'http'; readonly url: URL }

/** As in Lambda: https://docs.aws.amazon.com/lambda/latest/api/API_OnFailure.html */
const charsMax = 350

const known =
  'arn:aws:kinesis:REGION:ACCOUNT:stream/NAME (a stream), kafka://TOPIC, arn:aws:s3:::BUCKET or arn:aws:s3:::BUCKET/PREFIX (files), https://… or http://… (POST)'

const instead: Readonly<Record<string, string>> = {
  sqs: 'use a stream (arn:aws:kinesis:…) with a mapping of its own, or an HTTP endpoint',
  sns: 'use an HTTP endpoint (https://…), or a stream (arn:aws:kinesis:…) that several mappings read',
  lambda: 'use a stream (arn:aws:kinesis:…) and map it to the function',
  events: 'use a stream (arn:aws:kinesis:…) and mappings with FilterCriteria',
}

/** Reads a destination. Region and account of an ARN are not looked at: there is one of each. Throws `InvalidDestinationError`. */
export function parseDestination(destination: string): ParsedDestination {
  if (destination.length > charsMax) {
    throw new InvalidDestinationError(
      `A destination has at most ${charsMax} characters, and ${JSON.stringify(destination.slice(0, 80))}… has ${destination.length}.`,
    )
  }
  if (destination.startsWith('kafka://')) return topic(destination)
  if (/^https?:\/\//i.test(destination)) return http(destination)
  const service = /^arn:aws[a-z0-9-]*:([a-z0-9-]+):/.exec(destination)?.[1]
  if (service === 'kinesis') return stream(destination)
  if (service === 's3') return bucket(destination)
  const advice = service === undefined ? undefined : instead[service]
  if (advice !== undefined)
    throw new InvalidDestinationError(`Destination not supported: ${JSON.stringify(destination)}. Please ${advice}.`)
  throw new InvalidDestinationError(`${JSON.stringify(destination)} is no destination. There is ${known}.`)
}

function topic(destination: string): ParsedDestination {
  const name = destination.slice('kafka://'.length)
  if (!/^[^.][a-zA-Z0-9\-_.]{0,248}$/.test(name) || !/^[a-zA-Z0-9\-_]/.test(name)) {
    throw refused(destination, 'a Kafka topic is kafka:// and up to 249 letters, digits, dots, underscores and hyphens')
  }
  return { kind: 'topic', topic: name }
}

function http(destination: string): ParsedDestination {
  const url = URL.parse(destination)
  if (url === null || url.hostname === '') throw refused(destination, 'an HTTP endpoint is a whole URL')
  return { kind: 'http', url }
}

function stream(destination: string): ParsedDestination {
  const streamName = /^arn:aws[a-z0-9-]*:kinesis:[a-z0-9-]*:\d{0,12}:stream\/([a-zA-Z0-9_.-]{1,128})$/.exec(destination)?.[1]
  if (streamName === undefined) throw refused(destination, 'a stream is arn:aws:kinesis:REGION:ACCOUNT:stream/NAME')
  return { kind: 'stream', streamName }
}

function bucket(destination: string): ParsedDestination {
  const match = /^arn:aws[a-z0-9-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w!.*'()=+@ -]+)*)\/?$/.exec(destination)
  const [, name, path = ''] = match ?? []
  const segments = path.split('/').filter((segment) => segment !== '')
  // They become names of directories.
  if (name === undefined || name.includes('..') || segments.some((segment) => /^\.+$/.test(segment))) {
    throw refused(
      destination,
      'an S3 bucket is arn:aws:s3:::BUCKET (3 to 63 lower-case letters, digits, dots and hyphens), with /PREFIX if need be',
    )
  }
  return { kind: 'bucket', bucket: name, prefix: segments.join('/') }
}

function refused(destination: string, form: string): InvalidDestinationError {
  return new InvalidDestinationError(`${JSON.stringify(destination)} is no destination: ${form}.`)
}
