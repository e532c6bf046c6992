/** 400: a request that is not as the service's model has it. */
export abstract class ModelError extends Error {
  readonly status = 400
  readonly retryable = false
  override get name(): string {
    return this.constructor.name
  }
}

/** Values outside of what the service model allows. */
export class ValidationException extends ModelError {}

/** A body that cannot be read, or has a value of another type. */
export class SerializationException extends ModelError {}
