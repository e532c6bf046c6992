/** An option that Elasticsearch does not go with: a wrong URL, password, certificate, version, template. The message names the option. */
export class ElasticsearchOptionsError extends Error {
  readonly retryable = false
  override readonly name = 'ElasticsearchOptionsError'
  /** The option that is to be looked at. */
  readonly option: string
  constructor(option: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.option = option
  }
}

/** Elasticsearch cannot be reached, or cannot answer, at present. */
export class ElasticsearchUnavailableError extends Error {
  readonly retryable = true
  override readonly name = 'ElasticsearchUnavailableError'
}
