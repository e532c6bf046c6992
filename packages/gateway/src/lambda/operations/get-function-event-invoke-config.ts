import { functionNameOf } from '../function-reference.ts'
import { functionReferenceShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html */
export const getFunctionEventInvokeConfig: LambdaOperation = operation<FunctionReference>({
  name: 'GetFunctionEventInvokeConfig',
  method: 'GET',
  path: '/2019-09-25/functions/{FunctionName}/event-invoke-config',
  status: 200,
  input: functionReferenceShape,
  run: async ({ FunctionName, Qualifier }, { functionAdministration }) =>
    functionAdministration.getEventInvokeConfig(functionNameOf(FunctionName, Qualifier)),
})
