import {
  InvalidPositionError,
  InvalidReshardError,
  InvalidStreamError,
  ShardClosedError,
  ShardLimitError,
  ShardNotFoundError,
  StorageError,
  StorageFailedError,
  StreamClosedError,
  StreamExistsError,
  StreamGoneError,
  StreamInUseError,
  StreamNotFoundError,
} from '@millrace/stream'
import { ModelError } from '../aws/model-error.ts'
import { SignatureError } from '../aws/signature/signature-error.ts'
import { toHttpError } from '../http/to-http-error.ts'

/** Errors of Kinesis's model, and those common to AWS's JSON protocols: https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html */
export type KinesisErrorType =
  | 'AccessDeniedException'
  | 'DryRunOperationException'
  | 'ExpiredIteratorException'
  | 'ExpiredNextTokenException'
  | 'IncompleteSignatureException'
  | 'InternalFailureException'
  | 'InvalidArgumentException'
  | 'InvalidSignatureException'
  | 'LimitExceededException'
  | 'MissingAuthenticationTokenException'
  | 'ProvisionedThroughputExceededException'
  | 'ResourceInUseException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'ServiceUnavailableException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException'
  | 'UnsupportedOperationException'
  | 'ValidationException'

const retryableTypes: ReadonlySet<KinesisErrorType> = new Set([
  'InternalFailureException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'ServiceUnavailableException',
])

/** An error as Kinesis answers it: `{"__type", "message"}` with its status. */
export class KinesisError extends Error {
  override readonly name = 'KinesisError'
  readonly type: KinesisErrorType
  readonly status: number
  constructor(type: KinesisErrorType, message: string, status = 400) {
    super(message)
    this.type = type
    this.status = status
  }
  get retryable(): boolean {
    return retryableTypes.has(this.type)
  }
}

/** Kinesis's error for whatever was thrown. */
export function toKinesisError(error: unknown): KinesisError {
  if (error instanceof KinesisError) return error
  if (error instanceof ModelError) return new KinesisError(error.name as KinesisErrorType, error.message)
  if (error instanceof SignatureError) return new KinesisError(error.type, error.message)
  if (error instanceof StreamNotFoundError || error instanceof StreamGoneError || error instanceof ShardNotFoundError) {
    return new KinesisError('ResourceNotFoundException', error.message)
  }
  if (error instanceof ShardLimitError) return new KinesisError('LimitExceededException', error.message)
  if (error instanceof StreamExistsError || error instanceof StreamInUseError || error instanceof ShardClosedError)
    return new KinesisError('ResourceInUseException', error.message)
  if (error instanceof InvalidStreamError || error instanceof InvalidReshardError || error instanceof InvalidPositionError) {
    return new KinesisError('InvalidArgumentException', error.message)
  }
  if (error instanceof StreamClosedError || error instanceof StorageFailedError) {
    return new KinesisError('ServiceUnavailableException', error.message, 503)
  }
  if (error instanceof StorageError) return new KinesisError('InternalFailureException', error.message, 500)
  return fromHttpStatus(error)
}

function fromHttpStatus(error: unknown): KinesisError {
  const { status, message } = toHttpError(error)
  switch (status) {
    case 401:
      return new KinesisError('MissingAuthenticationTokenException', message)
    case 403:
      return new KinesisError('AccessDeniedException', message, 403)
    case 413:
      return new KinesisError('SerializationException', message, 413)
    case 429:
      return new KinesisError('ProvisionedThroughputExceededException', message)
    case 503:
      return new KinesisError('ServiceUnavailableException', message, 503)
    default:
      return status < 500 ? new KinesisError('SerializationException', message) : new KinesisError('InternalFailureException', message, 500)
  }
}
