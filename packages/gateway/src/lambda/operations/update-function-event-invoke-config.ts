import type { EventInvokeSettings } from '@millrace/function'
import { functionNameOf } from '../function-reference.ts'
import { eventInvokeConfigShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html */
export const updateFunctionEventInvokeConfig: LambdaOperation = operation<EventInvokeSettings & FunctionReference>({
  name: 'UpdateFunctionEventInvokeConfig',
  method: 'POST',
  path: '/2019-09-25/functions/{FunctionName}/event-invoke-config',
  status: 200,
  input: eventInvokeConfigShape,
  run: async ({ FunctionName, Qualifier, ...settings }, { functionAdministration }) =>
    functionAdministration.updateEventInvokeConfig(functionNameOf(FunctionName, Qualifier), settings),
})
