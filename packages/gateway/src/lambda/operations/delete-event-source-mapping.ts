import { eventSourceMappingIdShape } from '../model/event-source-mapping-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html */
export const deleteEventSourceMapping: LambdaOperation = operation<{ readonly UUID: string }>({
  name: 'DeleteEventSourceMapping',
  method: 'DELETE',
  path: '/2015-03-31/event-source-mappings/{UUID}',
  status: 202,
  input: eventSourceMappingIdShape,
  run: async ({ UUID }, { eventSourceMappings }) => eventSourceMappings.delete(UUID),
})
