/** A query that cannot be parsed. The message says what was expected, and where. */
export class QuerySyntaxError extends Error {
  readonly retryable = false
  override readonly name = 'QuerySyntaxError'
  /** Offset in the query at which it went wrong. */
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

export class IndexClosedError extends Error {
  readonly retryable = false
  override readonly name = 'IndexClosedError'
  constructor() {
    super('The index is closed: this process is shutting down.')
  }
}
