import { functionNameOf } from '../function-reference.ts'
import { functionReferenceShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
export const getFunction: LambdaOperation = operation<FunctionReference>({
  name: 'GetFunction',
  method: 'GET',
  path: '/2015-03-31/functions/{FunctionName}',
  status: 200,
  input: functionReferenceShape,
  run: async ({ FunctionName, Qualifier }, { functionAdministration }) =>
    functionAdministration.get(functionNameOf(FunctionName, Qualifier)),
})
