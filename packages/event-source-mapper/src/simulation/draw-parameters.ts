import type { MappingParameters } from '../mapping-parameters.ts'
import { parseMappingParameters } from '../parse-mapping-parameters.ts'
import type { Dice } from './dice.ts'

/** Any parameters that go together. `now` is in milliseconds since the epoch. */
export function drawParameters(dice: Dice, payload: MappingParameters['payload'], now: number): MappingParameters {
  const BatchSize = 1 + dice.below(20)
  const FunctionResponseTypes = dice.of<'ReportBatchItemFailures'[]>([], ['ReportBatchItemFailures'])
  const Filters = dice.of(
    [],
    [],
    [{ Pattern: '{"partitionKey":[{"anything-but":["k3"]}]}' }],
    [{ Pattern: '{"partitionKey":["k1","k2"]}' }],
  )
  return parseMappingParameters(
    {
      StartingPosition: 'TRIM_HORIZON',
      BatchSize,
      MaximumBatchingWindowInSeconds: dice.of(0, 0, 1),
      ParallelizationFactor: 1 + dice.below(3),
      MaximumRetryAttempts: dice.of(-1, 0, 1, 3),
      MaximumRecordAgeInSeconds: dice.of(-1, -1, 3, 60),
      FunctionResponseTypes,
      BisectBatchOnFunctionError: dice.chance(0.5),
      TumblingWindowInSeconds: payload === 'lambda' ? dice.of(0, 0, 1, 7, 60) : 0,
      tumblingWindowIdleWaitMs: dice.of(0, 1_000, 120_000),
      FilterCriteria: { Filters },
      DestinationConfig: { OnFailure: dice.of({}, { Destination: 'kafka://failed' }) },
      payload,
      retryFailedItemsOnly: FunctionResponseTypes.length > 0 && dice.chance(0.5),
      batchBytesMax: 40 + dice.below(400),
      concurrencyMax: 1 + dice.below(6),
      inFlightRecordsMax: BatchSize + dice.below(60),
      inFlightBytesMax: 500 + dice.below(2_000),
      bufferedBytesMax: 100 + dice.below(2_000),
      shutdownGraceMs: dice.of(0, 500, 25_000),
    },
    now,
  )
}
