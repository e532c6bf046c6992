/** Base of the errors of this package. `retryable` tells whether the same call may succeed later. */
export abstract class CoordinationError extends Error {
  abstract readonly retryable: boolean
  override get name(): string {
    return this.constructor.name
  }
}

/** An option that cannot be, or that Redis refuses (a password, a right, a role). */
export class InvalidCoordinationOptionError extends CoordinationError {
  readonly retryable = false
}

/** Redis does not answer. */
export class RedisUnavailableError extends CoordinationError {
  readonly retryable = true
}
