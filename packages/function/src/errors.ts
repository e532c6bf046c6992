import type { ThrottleReason } from './lambda-api/throttle-reason.ts'

/** The function was not run. `retryable` tells whether the same call may succeed later. */
export abstract class InvokeError extends Error {
  abstract readonly retryable: boolean
  override get name(): string {
    return this.constructor.name
  }
}

export class FunctionNotFoundError extends InvokeError {
  readonly retryable = false
  constructor(functionName: string, existing: readonly string[]) {
    super(
      `No function is called "${functionName}" (${existing.length === 0 ? 'there are no functions' : `there is ${existing.join(', ')}`}).`,
    )
  }
}

/** A concurrency limit is reached: Lambda's TooManyRequestsException. */
export class TooManyRequestsError extends InvokeError {
  readonly retryable = true
  readonly reason: ThrottleReason
  constructor(message: string, reason: ThrottleReason = 'ConcurrentInvocationLimitExceeded') {
    super(message)
    this.reason = reason
  }
}

/** Over 6 MB, or 1 MB for asynchronous invocations, as Lambda has it. */
export class PayloadTooLargeError extends InvokeError {
  readonly retryable = false
}

export class InvokerClosedError extends InvokeError {
  readonly retryable = false
  constructor() {
    super('Functions are no longer invoked: this process is shutting down.')
  }
}

/** A concurrency limit or a rate that cannot be. */
export class InvalidLimitError extends InvokeError {
  readonly retryable = false
}
