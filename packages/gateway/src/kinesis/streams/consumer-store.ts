import { NewerVersionError, ResourceConflictError, streamArn } from '@millrace/stream'
import type { JsonValue, ResourceStore, StreamDescription } from '@millrace/stream'
import { KinesisError } from '../kinesis-error.ts'

/** A consumer that is registered with a stream, for SubscribeToShard. */
export interface RegisteredConsumer {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly createdTimestamp: number
  readonly tags: Readonly<Record<string, string>>
  /** A JSON document. */
  readonly policy?: string | undefined
}

const version = 1
const kind = 'kinesis-consumer'
/** AWS's: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const consumersMax = 20
const attemptsMax = 10

type Identified = Pick<StreamDescription, 'name' | 'incarnation'>

/** The registered consumers of all streams, as resources. */
export class ConsumerStore {
  readonly #resources: ResourceStore

  constructor(resources: ResourceStore) {
    this.#resources = resources
  }

  /** By name. */
  async list({ name, incarnation }: Identified): Promise<readonly RegisteredConsumer[]> {
    const prefix = `${incarnation}/`
    const all = await this.#resources.list(kind)
    return all.filter(({ id }) => id.startsWith(prefix)).map(({ value }) => consumerOf(value, name))
  }

  async get(stream: Identified, consumer: string): Promise<RegisteredConsumer | undefined> {
    const found = await this.#resources.get(kind, idOf(stream, consumer))
    return found === undefined ? undefined : consumerOf(found.value, stream.name)
  }

  /** Throws `ResourceInUseException` where the name is taken, `LimitExceededException` past 20 of a stream. */
  async register(stream: Identified, consumer: RegisteredConsumer): Promise<void> {
    const { length } = await this.list(stream)
    try {
      if (length >= consumersMax && (await this.get(stream, consumer.name)) === undefined) throw tooMany(stream.name)
      await this.#put(stream, consumer, 0)
    } catch (error) {
      if (!(error instanceof ResourceConflictError)) throw error
      throw new KinesisError(
        'ResourceInUseException',
        `Consumer ${consumer.name} of the stream ${streamArn(stream.name)} already exists: each of a stream has a name of its own.`,
      )
    }
  }

  /** Changes one by what it is. Throws `ResourceNotFoundException`. */
  async change(stream: Identified, name: string, change: (consumer: RegisteredConsumer) => RegisteredConsumer): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const found = await this.#resources.get(kind, idOf(stream, name))
      if (found === undefined) throw consumerNotFound(stream.name, name)
      try {
        await this.#put(stream, change(consumerOf(found.value, stream.name)), found.version)
        return
      } catch (error) {
        if (!(error instanceof ResourceConflictError) || attempt === attemptsMax) throw error
      }
    }
  }

  /** Throws `ResourceNotFoundException`. */
  async deregister(stream: Identified, name: string): Promise<void> {
    if (!(await this.#resources.delete(kind, idOf(stream, name)))) throw consumerNotFound(stream.name, name)
  }

  async #put(stream: Identified, consumer: RegisteredConsumer, ifVersion: number): Promise<void> {
    await this.#resources.put(kind, idOf(stream, consumer.name), { version, ...consumer }, { ifVersion })
  }
}

export function consumerNotFound(streamName: string, consumer: string): KinesisError {
  return new KinesisError('ResourceNotFoundException', `Consumer ${consumer} of the stream ${streamArn(streamName)} not found.`)
}

function consumerOf(value: JsonValue, streamName: string): RegisteredConsumer {
  const { version: written, ...consumer } = value as unknown as RegisteredConsumer & { readonly version: number }
  if (written > version) throw new NewerVersionError(`A consumer of the stream "${streamName}"`, written, version)
  return consumer
}

function tooMany(streamName: string): KinesisError {
  return new KinesisError(
    'LimitExceededException',
    `The stream ${streamArn(streamName)} has ${consumersMax} registered consumers, and can have no more: deregister one.`,
  )
}

function idOf({ incarnation }: Identified, consumer: string): string {
  return `${incarnation}/${consumer}`
}
