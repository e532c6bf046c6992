import type { EventSourceMappingFilter } from '@millrace/function'
import { functionNameOf } from '../function-reference.ts'
import { listEventSourceMappingsShape } from '../model/event-source-mapping-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import { pageOf, type PageRequest } from '../page.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
export const listEventSourceMappings: LambdaOperation = operation<EventSourceMappingFilter & PageRequest>({
  name: 'ListEventSourceMappings',
  method: 'GET',
  path: '/2015-03-31/event-source-mappings',
  status: 200,
  input: listEventSourceMappingsShape,
  run: async ({ Marker, MaxItems, FunctionName, EventSourceArn }, { eventSourceMappings }) => {
    const all = await eventSourceMappings.list({
      ...(EventSourceArn === undefined ? {} : { EventSourceArn }),
      ...(FunctionName === undefined ? {} : { FunctionName: functionNameOf(FunctionName) }),
    })
    // As Lambda has it: a page holds no more, whatever is asked for.
    const { items, ...next } = pageOf(all, (mapping) => mapping.UUID, Marker, Math.min(MaxItems ?? 100, 100))
    return { EventSourceMappings: items, ...next }
  },
})
