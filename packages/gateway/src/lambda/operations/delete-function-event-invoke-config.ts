import { functionNameOf } from '../function-reference.ts'
import { functionReferenceShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html */
export const deleteFunctionEventInvokeConfig: LambdaOperation = operation<FunctionReference>({
  name: 'DeleteFunctionEventInvokeConfig',
  method: 'DELETE',
  path: '/2019-09-25/functions/{FunctionName}/event-invoke-config',
  status: 204,
  input: functionReferenceShape,
  run: async ({ FunctionName, Qualifier }, { functionAdministration }) => {
    await functionAdministration.deleteEventInvokeConfig(functionNameOf(FunctionName, Qualifier))
    return undefined
  },
})
