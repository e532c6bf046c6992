import { functionNameOf } from '../function-reference.ts'
import { functionReferenceShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html */
export const deleteFunctionConcurrency: LambdaOperation = operation<FunctionReference>({
  name: 'DeleteFunctionConcurrency',
  method: 'DELETE',
  path: '/2017-10-31/functions/{FunctionName}/concurrency',
  status: 204,
  input: functionReferenceShape,
  run: async ({ FunctionName, Qualifier }, { functionAdministration }) => {
    await functionAdministration.deleteConcurrency(functionNameOf(FunctionName, Qualifier))
    return undefined
  },
})
