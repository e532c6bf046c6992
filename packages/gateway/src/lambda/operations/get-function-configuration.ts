import { functionNameOf } from '../function-reference.ts'
import { functionReferenceShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
export const getFunctionConfiguration: LambdaOperation = operation<FunctionReference>({
  name: 'GetFunctionConfiguration',
  method: 'GET',
  path: '/2015-03-31/functions/{FunctionName}/configuration',
  status: 200,
  input: functionReferenceShape,
  run: async ({ FunctionName, Qualifier }, { functionAdministration }) =>
    functionAdministration.getConfiguration(functionNameOf(FunctionName, Qualifier)),
})
