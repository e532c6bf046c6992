/** Where records of invocations go: https://docs.aws.amazon.com/lambda/latest/api/API_DestinationConfig.html */
export interface DestinationConfig {
  /** Of asynchronous invocations alone. */
  readonly OnSuccess?: Destination
  readonly OnFailure?: Destination
}

export interface Destination {
  /** An ARN or `kafka://topic`, at most 350 characters; empty for none. */
  readonly Destination?: string
}
