import { eventSourceMappingIdShape } from '../model/event-source-mapping-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
export const getEventSourceMapping: LambdaOperation = operation<{ readonly UUID: string }>({
  name: 'GetEventSourceMapping',
  method: 'GET',
  path: '/2015-03-31/event-source-mappings/{UUID}',
  status: 200,
  input: eventSourceMappingIdShape,
  run: async ({ UUID }, { eventSourceMappings }) => eventSourceMappings.get(UUID),
})
