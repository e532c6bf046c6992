import { expect, it } from 'vitest'
import { parseMappingParameters } from './parse-mapping-parameters.ts'

const now = 1_700_000_000_000
const parse = (parameters: Record<string, unknown>): unknown => parseMappingParameters({ StartingPosition: 'LATEST', ...parameters }, now)

it('has the defaults of AWS', () => {
  expect(parse({})).toMatchObject({
    BatchSize: 100,
    MaximumBatchingWindowInSeconds: 0,
    ParallelizationFactor: 1,
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: -1,
    FunctionResponseTypes: [],
    BisectBatchOnFunctionError: false,
    TumblingWindowInSeconds: 0,
    Enabled: true,
  })
})

it.each([
  [{ BatchSize: 20_000 }, 'BatchSize 20000: Too big'],
  [{ BatchSize: '5' }, 'BatchSize "5": Invalid input'],
  [{ ParallelizationFactor: 11, MaximumBatchingWindowInSeconds: 301 }, 'MaximumBatchingWindowInSeconds 301: Too big'],
  [{ MaximumRetryAttempts: -2 }, 'MaximumRetryAttempts -2: Too small'],
  [{ FunctionResponseTypes: ['Everything'] }, 'FunctionResponseTypes.0 "Everything": Invalid'],
  [{ StartingPosition: undefined }, 'StartingPosition (not given): Invalid option'],
  [{ StartingPosition: 'AT_TIMESTAMP' }, 'StartingPositionTimestamp (not given): is needed with StartingPosition AT_TIMESTAMP'],
  [{ StartingPositionTimestamp: 1 }, 'StartingPositionTimestamp 1: has no meaning with StartingPosition LATEST'],
  [
    { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1_700_000_001 },
    'StartingPositionTimestamp 1700000001 lies in the future',
  ],
  [{ inFlightRecordsMax: 50 }, 'inFlightRecordsMax 50: must be at least BatchSize, which is 100'],
  [{ retryBackoffMaxMs: 50 }, 'retryBackoffMaxMs 50: must be at least retryBackoffBaseMs, which is 100'],
  [{ TumblingWindowInSeconds: 901 }, 'TumblingWindowInSeconds 901: Too big'],
  [{ TumblingWindowInSeconds: 5, payload: 'batch' }, 'TumblingWindowInSeconds 5: needs a function that answers a state'],
  [{ retryFailedItemsOnly: true }, 'retryFailedItemsOnly true: needs FunctionResponseTypes'],
  [{ FilterCriteria: { Filters: [{ Pattern: '{' }] } }, 'FilterCriteria {"Filters":[{"Pattern":"{"}]}: '],
  [{ DestinationConfig: { OnSuccess: {} } }, 'Unrecognized key: "OnSuccess"'],
  [{ BatchSise: 5 }, 'Unrecognized key: "BatchSise"'],
])('refuses %j', (parameters, message) => {
  expect(() => parse(parameters)).toThrow(message)
})

it('names every bad value at once', () => {
  expect(() => parse({ BatchSize: 0, ParallelizationFactor: 0 })).toThrow(/BatchSize 0: .*; ParallelizationFactor 0: /)
})
