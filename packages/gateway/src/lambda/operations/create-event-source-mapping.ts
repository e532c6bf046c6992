import { type CreateEventSourceMappingRequest, InvalidParameterValueException } from '@millrace/function'
import { functionNameOf } from '../function-reference.ts'
import { createEventSourceMappingShape } from '../model/event-source-mapping-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export const createEventSourceMapping: LambdaOperation = operation<CreateEventSourceMappingRequest>({
  name: 'CreateEventSourceMapping',
  method: 'POST',
  path: '/2015-03-31/event-source-mappings',
  status: 202,
  input: createEventSourceMappingShape,
  run: async (request, { eventSourceMappings }) => {
    if (request.EventSourceArn === undefined && request.SelfManagedEventSource === undefined) {
      throw new InvalidParameterValueException(
        'Unrecognized event source: give EventSourceArn, the ARN of a stream (arn:aws:kinesis:us-east-1:000000000000:stream/NAME), or the SelfManagedEventSource and the Topics of a Kafka.',
      )
    }
    if (request.StartingPosition === undefined) {
      throw new InvalidParameterValueException(
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
      )
    }
    return eventSourceMappings.create({ ...request, FunctionName: functionNameOf(request.FunctionName) })
  },
})
