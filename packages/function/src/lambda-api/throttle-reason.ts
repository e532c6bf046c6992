/** Why an invocation was throttled: the `Reason` of Lambda's TooManyRequestsException. */
export type ThrottleReason =
  /** The account's concurrency is used up. */
  | 'ConcurrentInvocationLimitExceeded'
  /** The function's own reserved concurrency is used up, or 0. */
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  /** The function may not have new environments that fast. */
  | 'FunctionInvocationRateLimitExceeded'
  | 'ReservedFunctionInvocationRateLimitExceeded'
  /** Too many calls of the API, or more events wait than are kept. */
  | 'CallerRateLimitExceeded'
