/** Why a service could not be started, reached or stopped, in words that say what to do. Trying again changes nothing. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly retryable = false
}
