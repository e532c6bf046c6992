import { FunctionNotFoundError, InvokerClosedError, LambdaApiError, PayloadTooLargeError, TooManyRequestsError } from '@millrace/function'
import { ModelError } from '../aws/model-error.ts'
import { SignatureError } from '../aws/signature/signature-error.ts'
import type { HttpError } from '../http/http-error.ts'
import { toHttpError } from '../http/to-http-error.ts'

/** An error as Lambda's API answers it: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
export interface AwsError {
  readonly status: number
  /** Goes into `X-Amzn-ErrorType`. */
  readonly type: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

/** Lambda's error for whatever was thrown. */
export function toAwsError(error: unknown): AwsError {
  if (error instanceof LambdaApiError) return awsError(error.status, error.name, error.message)
  if (error instanceof SignatureError) return awsError(403, error.type, error.message)
  if (error instanceof ModelError) return awsError(error.status, error.name, error.message)
  if (error instanceof FunctionNotFoundError) return awsError(404, 'ResourceNotFoundException', error.message)
  if (error instanceof PayloadTooLargeError) return awsError(413, 'RequestTooLargeException', error.message)
  if (error instanceof TooManyRequestsError) {
    return {
      ...awsError(429, 'TooManyRequestsException', error.message, { Reason: error.reason }),
      headers: { 'retry-after': '1' },
    }
  }
  if (error instanceof InvokerClosedError) return awsError(503, 'ServiceException', error.message)
  return fromHttpError(toHttpError(error))
}

const types: Readonly<Record<string, string>> = {
  'invalid-parameter': 'InvalidParameterValueException',
  'invalid-json': 'InvalidRequestContentException',
  'body-too-large': 'RequestTooLargeException',
  'unknown-function': 'ResourceNotFoundException',
  'forbidden-host': 'AccessDeniedException',
  'forbidden-origin': 'AccessDeniedException',
}

function fromHttpError(error: HttpError): AwsError {
  // Lambda answers 403 where a caller does not say who it is.
  if (error.status === 401) return awsError(403, 'UnrecognizedClientException', error.message)
  const type = types[error.code] ?? (error.status < 500 ? 'InvalidRequestContentException' : 'ServiceException')
  return { ...awsError(error.status, type, error.message), headers: error.headers }
}

/** The SDKs read `message` from some errors and `Message` from others, as Lambda's model has it: both are there. */
function awsError(status: number, type: string, message: string, members: object = {}): AwsError {
  return { status, type, headers: {}, body: { Type: status < 500 ? 'User' : 'Service', Message: message, message, ...members } }
}
