/** The command line asks for something that cannot be meant. Ends the program with exit code 2. */
export class UsageError extends Error {
  readonly retryable = false
  override readonly name = 'UsageError'
}

/** The command could not do what it was asked for: said in one sentence, without a stack trace. Ends the program with exit code 1. */
export class CommandError extends Error {
  readonly retryable = false
  override readonly name = 'CommandError'
}
