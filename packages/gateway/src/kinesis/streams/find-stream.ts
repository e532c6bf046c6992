import { createHash } from 'node:crypto'
import { awsAccountId, StreamNotFoundError } from '@millrace/stream'
import type { Stream, StreamDescription, StreamRegistry } from '@millrace/stream'
import { KinesisError } from '../kinesis-error.ts'

/** How a request names its stream: one of its names, or several that mean the same. */
export interface StreamReference {
  readonly StreamName?: string
  readonly StreamARN?: string
  readonly StreamId?: string
}

/** Throws `ResourceNotFoundException`, `InvalidArgumentException` for no name at all, or for two that differ. */
export async function findStream(reference: StreamReference, streams: StreamRegistry): Promise<Stream> {
  const name = await nameOf(reference, streams)
  return known(name, streams.get(name))
}

/** As `findStream`. */
export async function findDescription(reference: StreamReference, streams: StreamRegistry): Promise<StreamDescription> {
  const name = await nameOf(reference, streams)
  return known(name, streams.describe(name))
}

/** The name behind the ARN of a stream or of what belongs to it. */
export function streamNameOfArn(arn: string): string {
  return /stream\/([^/]+)/.exec(arn)?.[1] ?? arn
}

/** An id in AWS's form, made of the stream's incarnation: a stream and its namesake after it differ. */
export function streamIdOf({ incarnation }: Pick<StreamDescription, 'incarnation'>): string {
  const digits = BigInt(`0x${createHash('sha256').update(incarnation).digest('hex')}`)
    .toString(36)
    .padStart(49, '0')
  return `${digits.slice(-23, -3)}-${digits.slice(-3)}`
}

export function streamNotFound(name: string): KinesisError {
  return new KinesisError('ResourceNotFoundException', `Stream ${name} under account ${awsAccountId} not found.`)
}

async function nameOf({ StreamName, StreamARN, StreamId }: StreamReference, streams: StreamRegistry): Promise<string> {
  const names = [StreamName, StreamARN === undefined ? undefined : streamNameOfArn(StreamARN)]
  if (StreamId !== undefined) names.push(await nameOfId(StreamId, streams))
  const given = [...new Set(names.filter((name) => name !== undefined))]
  const [name] = given
  if (name === undefined) throw new KinesisError('InvalidArgumentException', 'Either StreamName, StreamARN or StreamId must be given.')
  if (given.length > 1) throw new KinesisError('InvalidArgumentException', `The request names several streams: ${given.join(', ')}.`)
  return name
}

async function nameOfId(id: string, streams: StreamRegistry): Promise<string> {
  const found = (await streams.list()).find((stream) => streamIdOf(stream) === id)
  if (found === undefined) throw streamNotFound(id)
  return found.name
}

async function known<Found>(name: string, found: Promise<Found>): Promise<Found> {
  try {
    return await found
  } catch (error) {
    throw error instanceof StreamNotFoundError ? streamNotFound(name) : error
  }
}
