import { FunctionNotFoundError, InvalidReplayError, InvokerClosedError } from '@millrace/function'
import { IndexClosedError, InvalidSearchError, QuerySyntaxError, SearchLimitError, SearchUnavailableError } from '@millrace/log-index'
import {
  InvalidBatchError,
  InvalidPositionError,
  InvalidQueryError,
  InvalidStreamError,
  NewerVersionError,
  StorageError,
  StorageFailedError,
  StreamClosedError,
  StreamGoneError,
  StreamNotFoundError,
} from '@millrace/stream'
import { HttpError } from './http-error.ts'

/** Whatever was thrown, as HTTP answers it. What nobody foresaw becomes a 500 whose cause is the error. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof StreamNotFoundError || error instanceof StreamGoneError) return new HttpError(404, 'unknown-stream', error.message)
  if (error instanceof InvalidStreamError) return new HttpError(400, 'invalid-stream', error.message)
  if (error instanceof InvalidBatchError) return new HttpError(400, 'invalid-records', error.message)
  if (error instanceof NewerVersionError) return new HttpError(400, 'newer-version', error.message)
  if (error instanceof InvalidPositionError) return new HttpError(400, 'invalid-position', error.message)
  if (error instanceof FunctionNotFoundError) return new HttpError(404, 'unknown-function', error.message)
  if (error instanceof InvalidReplayError) return new HttpError(400, 'invalid-replay', error.message)
  if (error instanceof InvalidQueryError) return new HttpError(400, 'invalid-request', error.message)
  if (error instanceof QuerySyntaxError) {
    return new HttpError(400, 'query-syntax', error.message, { fields: { offset: error.offset } })
  }
  if (error instanceof InvalidSearchError) return new HttpError(400, 'invalid-search', error.message)
  if (error instanceof SearchLimitError) return new HttpError(400, 'search-limit', error.message)
  if (error instanceof SearchUnavailableError) {
    return new HttpError(503, 'search-unavailable', error.message, { retryable: true, headers: { 'retry-after': '1' } })
  }
  if (error instanceof StorageError) return new HttpError(507, 'storage-full', error.message, { retryable: true })
  if (error instanceof StorageFailedError) {
    return new HttpError(503, 'storage-failed', error.message, { retryable: true, headers: { 'retry-after': '1' } })
  }
  if (error instanceof StreamClosedError || error instanceof IndexClosedError || error instanceof InvokerClosedError) {
    return shuttingDown()
  }
  return fromFramework(error) ?? unforeseen(error)
}

/** 503: this process ends; the one after it may take the same request. */
export function shuttingDown(): HttpError {
  return new HttpError(503, 'shutting-down', 'Millrace is shutting down; send the request again later.', {
    retryable: true,
    headers: { 'retry-after': '1' },
  })
}

const frameworkCodes: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid-json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'client-gone',
}

/** What the HTTP framework refuses by itself carries a status and a code of its own. */
function fromFramework(error: unknown): HttpError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined
  if (error.statusCode < 400 || error.statusCode > 499) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? frameworkCodes[error.code] : undefined
  return new HttpError(error.statusCode, code ?? 'bad-request', error.message)
}

/** Not the client's fault: unless the error itself says otherwise, the same request may succeed later, and must not be given up. */
function unforeseen(error: unknown): HttpError {
  const message = error instanceof Error ? error.message : String(error)
  const retryable = error instanceof Error && 'retryable' in error ? error.retryable === true : true
  return new HttpError(500, 'internal', `Millrace failed at this request: ${message}`, { retryable, cause: error })
}
