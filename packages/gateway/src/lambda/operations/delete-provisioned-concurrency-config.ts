import { functionNameOf } from '../function-reference.ts'
import { provisionedConcurrencyShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteProvisionedConcurrencyConfig.html */
export const deleteProvisionedConcurrencyConfig: LambdaOperation = operation<FunctionReference>({
  name: 'DeleteProvisionedConcurrencyConfig',
  method: 'DELETE',
  path: '/2019-09-30/functions/{FunctionName}/provisioned-concurrency',
  status: 204,
  input: provisionedConcurrencyShape,
  run: async ({ FunctionName, Qualifier }, { functionAdministration }) => {
    await functionAdministration.deleteProvisionedConcurrency(functionNameOf(FunctionName, Qualifier))
    return undefined
  },
})
