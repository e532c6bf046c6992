/** Who has to do something about an error, as Lambda says it: the caller, or the service. */
export type LambdaErrorType = 'User' | 'Service'

/**
 * An error as Lambda's API answers it. The class has AWS's name; the gateway answers `status`, the name in `X-Amzn-ErrorType`, `Type` and the message.
 * Whoever implements the API throws these alone for what a caller can do something about. Every other error is answered as `ServiceException`.
 */
export abstract class LambdaApiError extends Error {
  /** HTTP status, as Lambda's service model has it. */
  abstract readonly status: number
  abstract readonly retryable: boolean
  get type(): LambdaErrorType {
    return this.status < 500 ? 'User' : 'Service'
  }
  override get name(): string {
    return this.constructor.name
  }
}

/** 400: a parameter that cannot be. */
export class InvalidParameterValueException extends LambdaApiError {
  readonly status = 400
  readonly retryable = false
}

/** 400: the payload of an invocation is no JSON. */
export class InvalidRequestContentException extends LambdaApiError {
  readonly status = 400
  readonly retryable = false
}

/** 404: no such function, stream, mapping or setting. */
export class ResourceNotFoundException extends LambdaApiError {
  readonly status = 404
  readonly retryable = false
}

/** 404: the function has no provisioned concurrency. */
export class ProvisionedConcurrencyConfigNotFoundException extends LambdaApiError {
  readonly status = 404
  readonly retryable = false
}

/** 409: it is there already, or something else is changing it. */
export class ResourceConflictException extends LambdaApiError {
  readonly status = 409
  readonly retryable = false
}

/** 400, though it passes: the mapping is creating, updating or deleting. */
export class ResourceInUseException extends LambdaApiError {
  readonly status = 400
  readonly retryable = true
}

/** 412: the RevisionId given is not the present one. */
export class PreconditionFailedException extends LambdaApiError {
  readonly status = 412
  readonly retryable = false
}

/** 500: it failed here; the same request may succeed later. */
export class ServiceException extends LambdaApiError {
  readonly status = 500
  readonly retryable = true
}
