import { ResourceNotFoundException } from '@millrace/function'
import { functionNameOf } from '../function-reference.ts'
import { functionListShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html */
export const listFunctionEventInvokeConfigs: LambdaOperation = operation<FunctionReference>({
  name: 'ListFunctionEventInvokeConfigs',
  method: 'GET',
  path: '/2019-09-25/functions/{FunctionName}/event-invoke-config/list',
  status: 200,
  input: functionListShape,
  run: async ({ FunctionName }, { functionAdministration }) => {
    const name = functionNameOf(FunctionName)
    await functionAdministration.getConfiguration(name)
    try {
      return { FunctionEventInvokeConfigs: [await functionAdministration.getEventInvokeConfig(name)] }
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return { FunctionEventInvokeConfigs: [] }
      throw error
    }
  },
})
