import type { UpdateFunctionConfigurationRequest } from '@millrace/function'
import { functionNameOf } from '../function-reference.ts'
import { updateFunctionConfigurationShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html */
export const updateFunctionConfiguration: LambdaOperation = operation<
  UpdateFunctionConfigurationRequest & { readonly FunctionName: string }
>({
  name: 'UpdateFunctionConfiguration',
  method: 'PUT',
  path: '/2015-03-31/functions/{FunctionName}/configuration',
  status: 200,
  input: updateFunctionConfigurationShape,
  run: async ({ FunctionName, ...request }, { functionAdministration }) =>
    functionAdministration.updateConfiguration(functionNameOf(FunctionName), request),
})
