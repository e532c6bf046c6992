import { functionNameOf } from '../function-reference.ts'
import { putProvisionedConcurrencyShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html */
export const putProvisionedConcurrencyConfig: LambdaOperation = operation<
  FunctionReference & { readonly ProvisionedConcurrentExecutions: number }
>({
  name: 'PutProvisionedConcurrencyConfig',
  method: 'PUT',
  path: '/2019-09-30/functions/{FunctionName}/provisioned-concurrency',
  status: 202,
  input: putProvisionedConcurrencyShape,
  run: async ({ FunctionName, Qualifier, ProvisionedConcurrentExecutions }, { functionAdministration }) =>
    functionAdministration.putProvisionedConcurrency(functionNameOf(FunctionName, Qualifier), ProvisionedConcurrentExecutions),
})
