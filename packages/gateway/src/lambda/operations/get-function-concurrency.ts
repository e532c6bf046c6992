import { functionNameOf } from '../function-reference.ts'
import { functionReferenceShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html */
export const getFunctionConcurrency: LambdaOperation = operation<FunctionReference>({
  name: 'GetFunctionConcurrency',
  method: 'GET',
  path: '/2019-09-30/functions/{FunctionName}/concurrency',
  status: 200,
  input: functionReferenceShape,
  run: async ({ FunctionName, Qualifier }, { functionAdministration }) =>
    functionAdministration.getConcurrency(functionNameOf(FunctionName, Qualifier)),
})
