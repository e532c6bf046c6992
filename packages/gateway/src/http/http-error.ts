/** Nobody gets to see it: it counts the requests whose client left before the answer. */
export const clientGoneStatus = 499

/** Further parts of an error's answer. */
export interface HttpErrorDetails {
  /** Whether the same request may succeed later; `false` unless said. */
  readonly retryable?: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** Members of the body's `error` beside code, message and retryable. */
  readonly fields?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** An error as HTTP answers it: status, and `{"error": {"code", "message", "retryable"}}`. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  /** In words with hyphens, e.g. `unknown-stream`. Clients may depend on it. */
  readonly code: string
  readonly retryable: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, unknown>>

  constructor(status: number, code: string, message: string, details: HttpErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.status = status
    this.code = code
    this.retryable = details.retryable ?? false
    this.headers = details.headers ?? {}
    this.fields = details.fields ?? {}
  }

  /** The body's `error`. */
  toJSON(): object {
    return { code: this.code, message: this.message, retryable: this.retryable, ...this.fields }
  }
}
