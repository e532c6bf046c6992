import { parseDestination } from '@millrace/function'
import { z } from 'zod'
import type { FilterCriteria } from './filter/filter-criteria.ts'
import { compileFilterCriteria } from './filter/filter-criteria.ts'

/**
 * How a stream is mapped to a function. Names, ranges and defaults in upper case are AWS's, of an event source mapping on Kinesis:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html. Those in lower case are Millrace's own.
 */
export interface MappingParameters {
  readonly BatchSize: number
  readonly MaximumBatchingWindowInSeconds: number
  readonly ParallelizationFactor: number
  readonly StartingPosition: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP'
  readonly StartingPositionTimestamp?: number | undefined
  readonly MaximumRetryAttempts: number
  readonly MaximumRecordAgeInSeconds: number
  readonly FunctionResponseTypes: readonly 'ReportBatchItemFailures'[]
  readonly BisectBatchOnFunctionError: boolean
  readonly TumblingWindowInSeconds: number
  readonly FilterCriteria?: FilterCriteria | undefined
  readonly DestinationConfig?: DestinationConfig | undefined
  readonly MetricsConfig?: { readonly Metrics?: readonly 'EventCount'[] | undefined } | undefined
  readonly Tags?: Readonly<Record<string, string>> | undefined
  readonly Enabled: boolean
  readonly payload: 'lambda' | 'batch'
  readonly retryFailedItemsOnly: boolean
  readonly tumblingWindowIdleWaitMs: number
  readonly batchBytesMax: number
  readonly concurrencyMax: number
  readonly inFlightRecordsMax: number
  readonly inFlightBytesMax: number
  readonly bufferedBytesMax: number
  readonly retryBackoffBaseMs: number
  readonly retryBackoffMaxMs: number
  readonly overloadWaitMaxMs: number
  readonly functionUnavailableWaitMs: number
  readonly shutdownGraceMs: number
}

/** Where a record of each batch goes that is given up. */
export interface DestinationConfig {
  readonly OnFailure?: { readonly Destination?: string | undefined } | undefined
}

/** What has to be given: the starting position. Everything else has a default. */
export type MappingParametersInput = { -readonly [Name in keyof MappingParameters]?: MappingParameters[Name] | undefined } & Pick<
  MappingParameters,
  'StartingPosition'
>

const MiB = 1024 * 1024

const integer = (least: number, most: number, initial: number, description: string) =>
  z.int().min(least).max(most).default(initial).describe(description)

/** The one source of names, ranges, defaults and descriptions. What it does not know is refused. */
export const mappingParametersSchema: z.ZodType<MappingParameters, MappingParametersInput> = z
  .strictObject({
    BatchSize: integer(1, 10_000, 100, 'Most records of one invocation.'),
    MaximumBatchingWindowInSeconds: z
      .number()
      .min(0)
      .max(300)
      .refine((seconds) => Number.isInteger(seconds) || seconds === 0.5, 'must be whole seconds')
      .default(0)
      .describe(
        'How long records are gathered for a batch, in whole seconds from 0 to 300. 0: whatever is there is sent as soon as the lane is free. Of a Kafka topic 0.5, unless it is given.',
      ),
    ParallelizationFactor: integer(
      1,
      10,
      1,
      'Batches of one shard that are under way at once. Records of one partition key stay in order.',
    ),
    StartingPosition: z
      .enum(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'])
      .describe('Where a shard begins that has no checkpoint: its oldest record, its newest, or a time.'),
    StartingPositionTimestamp: z
      .number()
      .min(0)
      .optional()
      .describe('With AT_TIMESTAMP: seconds since the epoch, fractions allowed, not in the future.'),
    MaximumRetryAttempts: integer(
      -1,
      10_000,
      -1,
      'Repeats of a record after errors, before it becomes a dead letter. -1: without limit. Waiting for an overloaded index or a throttled function does not count.',
    ),
    MaximumRecordAgeInSeconds: integer(
      -1,
      604_800,
      -1,
      'Age in seconds past which a record becomes a dead letter instead of being handled. -1: without limit.',
    ),
    FunctionResponseTypes: z
      .array(z.enum(['ReportBatchItemFailures']))
      .max(1)
      .default([])
      .describe('ReportBatchItemFailures: the function answers which records failed.'),
    BisectBatchOnFunctionError: z
      .boolean()
      .default(false)
      .describe('A batch that failed as a whole is split in two, down to the record at fault; splitting spends no retries.'),
    TumblingWindowInSeconds: integer(
      0,
      900,
      0,
      'Length of the windows over which a function gathers a state, in seconds; one batch of a shard at a time then. 0: no windows.',
    ),
    FilterCriteria: z
      .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string().optional() })).optional() })
      .optional()
      .describe('Patterns of which a record has to match one. Records that match none are settled without being handled.'),
    DestinationConfig: z
      .strictObject({ OnFailure: z.strictObject({ Destination: z.string().max(350).optional() }).optional() })
      .optional()
      .describe('OnFailure.Destination is told of each batch of records that is given up.'),
    MetricsConfig: z
      .strictObject({
        Metrics: z
          .array(z.enum(['EventCount']))
          .max(1)
          .optional(),
      })
      .optional()
      .describe('EventCount: the counters of records. They are always kept here.'),
    Tags: z.record(z.string().min(1).max(128), z.string().max(256)).optional().describe('Words of your own.'),
    Enabled: z.boolean().default(true).describe('Whether records are polled at all.'),
    payload: z
      .enum(['lambda', 'batch'])
      .default('lambda')
      .describe('What the function takes: lambda, a JSON event of at most 6 MB as Lambda sends it; batch, the records as bytes.'),
    retryFailedItemsOnly: z
      .boolean()
      .default(false)
      .describe(
        'With ReportBatchItemFailures: only the records that the function reported are tried again, not everything from the lowest on. Records behind a failed one with the same partition key have been handled before it then.',
      ),
    tumblingWindowIdleWaitMs: integer(
      0,
      600_000,
      120_000,
      'How long past its end a window stays open while no record arrives, in milliseconds.',
    ),
    batchBytesMax: integer(1, 64 * MiB, 5 * MiB, "Most bytes of one batch, for functions that take the records' bytes."),
    concurrencyMax: integer(
      1,
      10_000,
      1000,
      'Most invocations of this mapping at once, in this process. Overload lowers the number for a while.',
    ),
    inFlightRecordsMax: integer(
      1,
      10_000_000,
      50_000,
      'Most records of a shard between its checkpoint and the last one polled: how far others run ahead of a record that is stuck.',
    ),
    inFlightBytesMax: integer(1, 4096 * MiB, 64 * MiB, 'The same in bytes. A single record larger than this passes alone.'),
    bufferedBytesMax: integer(
      1,
      4096 * MiB,
      32 * MiB,
      'Bytes of all shards together that were polled and are not settled. Past it a shard with nothing waiting polls up to its even share, and one with nothing at all once.',
    ),
    retryBackoffBaseMs: integer(1, 60_000, 100, 'Upper bound of the wait before the first repeat, in milliseconds. It doubles each time.'),
    retryBackoffMaxMs: integer(1, 3_600_000, 60_000, 'Upper bound of the wait before any repeat, in milliseconds.'),
    overloadWaitMaxMs: integer(1, 3_600_000, 30_000, 'Upper bound of one wait for an overloaded index, in milliseconds.'),
    functionUnavailableWaitMs: integer(
      1,
      3_600_000,
      10_000,
      'Wait before the next try when the function cannot be run at all (it is not there), in milliseconds.',
    ),
    shutdownGraceMs: integer(0, 900_000, 25_000, 'How long invocations may go on after the mapper was told to stop, in milliseconds.'),
  })
  .check((context) => {
    const { BatchSize, StartingPosition, StartingPositionTimestamp, inFlightRecordsMax, retryBackoffBaseMs, retryBackoffMaxMs } =
      context.value
    const { TumblingWindowInSeconds, payload, retryFailedItemsOnly, FunctionResponseTypes, FilterCriteria, DestinationConfig } =
      context.value
    const refuse = (path: keyof MappingParameters, message: string): void => {
      context.issues.push({ code: 'custom', input: context.value[path], path: [path], message })
    }
    if (StartingPosition === 'AT_TIMESTAMP' && StartingPositionTimestamp === undefined) {
      refuse('StartingPositionTimestamp', 'is needed with StartingPosition AT_TIMESTAMP')
    }
    if (StartingPosition !== 'AT_TIMESTAMP' && StartingPositionTimestamp !== undefined) {
      refuse('StartingPositionTimestamp', `has no meaning with StartingPosition ${StartingPosition}`)
    }
    try {
      compileFilterCriteria(FilterCriteria)
    } catch (error) {
      refuse('FilterCriteria', error instanceof Error ? error.message : String(error))
    }
    try {
      const destination = DestinationConfig?.OnFailure?.Destination ?? ''
      if (destination !== '') parseDestination(destination)
    } catch (error) {
      refuse('DestinationConfig', error instanceof Error ? error.message : String(error))
    }
    if (TumblingWindowInSeconds > 0 && payload === 'batch') {
      refuse('TumblingWindowInSeconds', 'needs a function that answers a state; one that takes the records as bytes has none')
    }
    if (retryFailedItemsOnly && FunctionResponseTypes.length === 0) {
      refuse('retryFailedItemsOnly', 'needs FunctionResponseTypes ["ReportBatchItemFailures"]')
    }
    if (inFlightRecordsMax < BatchSize) refuse('inFlightRecordsMax', `must be at least BatchSize, which is ${BatchSize}`)
    if (retryBackoffMaxMs < retryBackoffBaseMs) {
      refuse('retryBackoffMaxMs', `must be at least retryBackoffBaseMs, which is ${retryBackoffBaseMs}`)
    }
  })
