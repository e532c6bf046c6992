import { describe, expect, it } from 'vitest'
import { createEventSourceMappingShape, updateEventSourceMappingShape } from '../lambda/model/event-source-mapping-shapes.ts'
import { eventInvokeConfigShape, updateFunctionConfigurationShape } from '../lambda/model/function-shapes.ts'
import { validate } from './validate.ts'

const least = { FunctionName: 'f' }
const uuid = '14e0db71-5d35-4eb5-b481-8945cf9d10c2'

describe("Lambda's constraints", () => {
  it.each([
    [{ ...least, BatchSize: 0 }, "'0' at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1"],
    [
      { ...least, BatchSize: 10_001 },
      "'10001' at 'batchSize' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
    [{ ...least, ParallelizationFactor: 11 }, "'11' at 'parallelizationFactor' failed"],
    [{ ...least, MaximumBatchingWindowInSeconds: 301 }, "'301' at 'maximumBatchingWindowInSeconds' failed"],
    [{ ...least, MaximumRetryAttempts: -2 }, "'-2' at 'maximumRetryAttempts' failed"],
    [{ ...least, MaximumRecordAgeInSeconds: 604_801 }, "'604801' at 'maximumRecordAgeInSeconds' failed"],
    [{ ...least, TumblingWindowInSeconds: 901 }, "'901' at 'tumblingWindowInSeconds' failed"],
    [
      { ...least, StartingPosition: 'NEWEST' },
      "'NEWEST' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
    ],
    [
      { ...least, FunctionResponseTypes: ['All'] },
      "'All' at 'functionResponseTypes.1.member' failed to satisfy constraint: Member must satisfy enum value set: [ReportBatchItemFailures]",
    ],
    [
      { ...least, FunctionResponseTypes: ['ReportBatchItemFailures', 'ReportBatchItemFailures'] },
      'Member must have length less than or equal to 1',
    ],
    [{ ...least, FilterCriteria: { Filters: [{ Pattern: 'x'.repeat(4097) }] } }, "…' at 'filterCriteria.filters.1.member.pattern' failed"],
    [
      { ...least, EventSourceArn: 'logs' },
      "'logs' at 'eventSourceArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:",
    ],
    [{ ...least, Tags: { 'no!': '' } }, "'no!' at 'tags.key' failed"],
    [
      { FunctionName: 'no such name' },
      "'no such name' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern",
    ],
    [{ FunctionName: null }, "null at 'functionName' failed to satisfy constraint: Member must not be null"],
  ])('%j', (request, violation) => {
    const check = (): unknown => validate(createEventSourceMappingShape, request)
    expect(check).toThrow(/^1 validation error detected: Value /)
    expect(check).toThrow(violation)
  })

  it('names all violations at once', () => {
    expect(() => validate(eventInvokeConfigShape, { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 59 })).toThrow(
      "3 validation errors detected: Value null at 'functionName' failed to satisfy constraint: Member must not be null; Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2; Value '59'",
    )
  })

  it.each([
    [{ ...least, BatchSize: '5' }, "STRING_VALUE can not be converted to an Integer at 'batchSize'"],
    [{ ...least, BatchSize: 1.5 }, "NUMBER_VALUE can not be converted to an Integer at 'batchSize'"],
    [{ ...least, Enabled: 'true' }, "STRING_VALUE can not be converted to a Boolean at 'enabled'"],
    [{ ...least, FilterCriteria: [] }, "LIST_VALUE can not be converted to an Object at 'filterCriteria'"],
    [{ ...least, FunctionName: 7 }, "NUMBER_VALUE can not be converted to a String at 'functionName'"],
  ])('a value of another type: %j', (request, message) => {
    expect(() => validate(createEventSourceMappingShape, request)).toThrow(message)
  })

  it.each([
    [createEventSourceMappingShape, { ...least, ScalingConfig: { MaximumConcurrency: 2 } }, 'for Amazon SQS'],
    [updateEventSourceMappingShape, { UUID: uuid, DestinationConfig: { OnSuccess: { Destination: 'arn:aws:sqs' } } }, 'OnFailure alone'],
    [
      updateFunctionConfigurationShape,
      { ...least, Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:one:1'] },
      'There are no layers|Layers cannot be used',
    ],
  ])('what cannot be meant here is refused', (shape, request, reason) => {
    expect(() => validate(shape, request)).toThrow(new RegExp(reason))
  })

  it('leaves out what is null, unknown or empty where it is refused', () => {
    expect(
      validate(updateEventSourceMappingShape, { UUID: uuid, BatchSize: null, StartingPosition: 'LATEST', Queues: [], ScalingConfig: {} }),
    ).toEqual({
      UUID: uuid,
    })
  })

  it.each(['f', 'f:$LATEST', 'function:f', '000000000000:function:f', 'arn:aws:lambda:us-east-1:000000000000:function:f:live'])(
    'a function may be called %s',
    (FunctionName) => {
      expect(validate(createEventSourceMappingShape, { FunctionName })).toEqual({ FunctionName })
    },
  )
})
