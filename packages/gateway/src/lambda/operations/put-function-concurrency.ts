import { functionNameOf } from '../function-reference.ts'
import { functionConcurrencyShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html */
export const putFunctionConcurrency: LambdaOperation = operation<{
  readonly FunctionName: string
  readonly ReservedConcurrentExecutions: number
}>({
  name: 'PutFunctionConcurrency',
  method: 'PUT',
  path: '/2017-10-31/functions/{FunctionName}/concurrency',
  status: 200,
  input: functionConcurrencyShape,
  run: async ({ FunctionName, ReservedConcurrentExecutions }, { functionAdministration }) =>
    functionAdministration.putConcurrency(functionNameOf(FunctionName), ReservedConcurrentExecutions),
})
