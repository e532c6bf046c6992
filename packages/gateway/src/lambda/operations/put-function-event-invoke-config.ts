import type { EventInvokeSettings } from '@millrace/function'
import { functionNameOf } from '../function-reference.ts'
import { eventInvokeConfigShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
export const putFunctionEventInvokeConfig: LambdaOperation = operation<EventInvokeSettings & FunctionReference>({
  name: 'PutFunctionEventInvokeConfig',
  method: 'PUT',
  path: '/2019-09-25/functions/{FunctionName}/event-invoke-config',
  status: 200,
  input: eventInvokeConfigShape,
  run: async ({ FunctionName, Qualifier, ...settings }, { functionAdministration }) =>
    functionAdministration.putEventInvokeConfig(functionNameOf(FunctionName, Qualifier), settings),
})
