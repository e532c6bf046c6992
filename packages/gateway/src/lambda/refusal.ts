import { LambdaApiError } from '@millrace/function'
import { structure } from '../aws/shape.ts'
import { type LambdaOperation, operation } from './operation.ts'
import type { RefusedOperation } from './refused-operations.ts'

/** 400: an operation that is not here. */
class UnsupportedOperationException extends LambdaApiError {
  readonly status = 400
  readonly retryable = false
}

/** An operation that answers its refusal, whatever it is called with. */
export function refusal({ name, method, path, reason }: RefusedOperation): LambdaOperation {
  return operation<object>({
    name,
    method,
    path,
    status: 200,
    input: structure({}),
    run: async () => {
      throw new UnsupportedOperationException(`${name} is not supported. ${reason}`)
    },
  })
}
