import type { UpdateEventSourceMappingRequest } from '@millrace/function'
import { functionNameOf } from '../function-reference.ts'
import { updateEventSourceMappingShape } from '../model/event-source-mapping-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html */
export const updateEventSourceMapping: LambdaOperation = operation<UpdateEventSourceMappingRequest & { readonly UUID: string }>({
  name: 'UpdateEventSourceMapping',
  method: 'PUT',
  path: '/2015-03-31/event-source-mappings/{UUID}',
  status: 202,
  input: updateEventSourceMappingShape,
  run: async ({ UUID, ...request }, { eventSourceMappings }) =>
    eventSourceMappings.update(UUID, {
      ...request,
      ...(request.FunctionName === undefined ? {} : { FunctionName: functionNameOf(request.FunctionName) }),
    }),
})
