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

/** A search request that breaks a limit. The message says which, and the value. */
export class InvalidSearchError extends Error {
  readonly retryable = false
  override readonly name = 'InvalidSearchError'
}

/** A search that would take longer, or more memory, than it may. The message says what to narrow. */
export class SearchLimitError extends Error {
  readonly retryable = false
  override readonly name = 'SearchLimitError'
}

/** Too many searches are waiting already, or the index cannot answer at present. */
export class SearchUnavailableError extends Error {
  readonly retryable = true
  override readonly name = 'SearchUnavailableError'
}

/** The index on disk was written by a newer version of Millrace. */
export class NewerIndexVersionError extends Error {
  readonly retryable = false
  override readonly name = 'NewerIndexVersionError'
  constructor(what: string, found: number, known: number) {
    super(
      `${what} has version ${found}, this Millrace knows versions up to ${known}. Use a Millrace at least as new as the one that wrote it.`,
    )
  }
}
