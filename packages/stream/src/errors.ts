/** Base of the errors that a stream throws. `retryable` tells whether the same call may succeed later; nobody needs to parse the message. */
export abstract class StreamError extends Error {
  abstract readonly retryable: boolean
  override get name(): string {
    return this.constructor.name
  }
}

export class StreamNotFoundError extends StreamError {
  readonly retryable = false
  constructor(stream: string, existing: readonly string[]) {
    const known = existing.length === 0 ? 'there are no streams' : `there is ${existing.slice(0, 20).join(', ')}`
    super(`No stream is called "${stream}" (${known}).`)
  }
}

export class StreamExistsError extends StreamError {
  readonly retryable = false
  constructor(stream: string) {
    super(`A stream called "${stream}" exists already.`)
  }
}

export class InvalidStreamError extends StreamError {
  readonly retryable = false
}

/** The stream was deleted while it was in use. */
export class StreamGoneError extends StreamError {
  readonly retryable = false
  constructor(stream: string) {
    super(`The stream "${stream}" was deleted.`)
  }
}

export class StreamClosedError extends StreamError {
  readonly retryable = false
  constructor() {
    super('The stream is closed: this process is shutting down.')
  }
}

export class ShardNotFoundError extends StreamError {
  readonly retryable = false
  constructor(stream: string, shardId: string) {
    super(`The stream "${stream}" has no shard "${shardId}".`)
  }
}

/** The shard is closed already, so that it can be neither split nor merged. */
export class ShardClosedError extends StreamError {
  readonly retryable = false
  constructor(stream: string, shardId: string) {
    super(`${shardId} of the stream "${stream}" is closed: split or merge the shards that it became.`)
  }
}

/** The stream's shards are being changed at present (Kinesis's ResourceInUseException). */
export class StreamInUseError extends StreamError {
  readonly retryable = true
  constructor(stream: string, status: string) {
    super(`The stream "${stream}" is ${status}; try again once it is ACTIVE.`)
  }
}

/** A change of shards that cannot be: a hash key out of the shard's range, shards that do not touch, a count out of bounds, a stream that others write to. */
export class InvalidReshardError extends StreamError {
  readonly retryable = false
}

/** A stream has no more than 10,000 open shards (Kinesis's LimitExceededException). */
export class ShardLimitError extends StreamError {
  readonly retryable = false
  constructor(stream: string, most: number) {
    super(`The stream "${stream}" has ${most} open shards, and can have no more.`)
  }
}

/** A sequence number that is not one, or belongs to another shard; a position past the end. */
export class InvalidPositionError extends StreamError {
  readonly retryable = false
}

/** The shard is someone else's now: what was read from it here must not be settled here. */
export class ShardRevokedError extends StreamError {
  readonly retryable = false
  constructor(shardId: string) {
    super(`${shardId} was assigned to another consumer.`)
  }
}

/** A consumer cannot be forgotten while there are subscribers. */
export class ConsumerInUseError extends StreamError {
  readonly retryable = true
  constructor(consumer: string) {
    super(`"${consumer}" is still subscribed to, in this process or in another; try again in a while.`)
  }
}

/** The data on disk was written by a newer version of Millrace. */
export class NewerVersionError extends StreamError {
  readonly retryable = false
  constructor(what: string, found: number, known: number) {
    super(
      `${what} has version ${found}, this Millrace knows versions up to ${known}. Use a Millrace at least as new as the one that wrote it.`,
    )
  }
}

/** The storage refuses for a reason that may pass (a full disk). */
export class StorageError extends StreamError {
  readonly retryable = true
}

/** The storage is lost to this process (its thread died): what was under way may or may not have been kept. Succeeds after a restart. */
export class StorageFailedError extends StreamError {
  readonly retryable = true
}

/** A question that breaks the limits of its own contract, such as a page of 0 entries. */
export class InvalidQueryError extends StreamError {
  readonly retryable = false
}

/** A resource that cannot be kept. */
export class InvalidResourceError extends StreamError {
  readonly retryable = false
}

/** A resource has another version than the one that was seen. The same call fails again: read the resource, and decide anew. */
export class ResourceConflictError extends StreamError {
  readonly retryable = false
  /** The version that there is; 0 where there is none. */
  readonly version: number
  constructor(kind: string, id: string, expected: number, found: number) {
    const is = found === 0 ? 'is not there' : `has version ${found}`
    super(`The resource "${id}" of kind "${kind}" was to have version ${expected}, and ${is}: it was changed meanwhile.`)
    this.version = found
  }
}
