/** A record was not delivered. `retryable` tells whether the same record may be taken later. */
export class DestinationError extends Error {
  readonly retryable: boolean
  override readonly name = 'DestinationError'

  constructor(message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options)
    this.retryable = retryable
  }
}

/** A destination that cannot be: the message names it, and what could stand there. */
export class InvalidDestinationError extends Error {
  readonly retryable = false
  override readonly name = 'InvalidDestinationError'
}
