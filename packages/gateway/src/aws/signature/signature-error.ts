/** Why a request is not let in, in AWS's words. */
export class SignatureError extends Error {
  readonly retryable = false
  override readonly name = 'SignatureError'
  readonly type: SignatureErrorType
  constructor(type: SignatureErrorType, message: string) {
    super(message)
    this.type = type
  }
}

export type SignatureErrorType =
  | 'IncompleteSignatureException'
  | 'InvalidSignatureException'
  | 'MissingAuthenticationTokenException'
  | 'UnrecognizedClientException'
