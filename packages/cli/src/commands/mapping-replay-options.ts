import { z } from 'zod'
import { clientOptions, outputOptions } from '../options/common.ts'
import { commaSeparated, option, switchedOn, wholeNumber } from '../options/option.ts'

/** A dataset as Elasticsearch takes it in the name of a data stream. */
const dataset = z.string().regex(/^[a-z0-9][a-z0-9_.]{0,99}$/, 'should be 1 to 100 of a-z, 0-9, "_" and ".", a letter or a digit first')

export const mappingReplayOptions = {
  from: option({
    flag: '--from <time>',
    description: 'records that arrived from this time on: 15m, 2h, 7d or an ISO time',
    schema: z.string('is missing: say from when, e.g. --from 2h'),
  }),
  until: option({ flag: '--until <time>', description: 'records that arrived before this time', schema: z.string(), default: 'now' }),
  function: option({ flag: '--function <name>', description: 'the function to invoke', schema: z.string().optional() }),
  mapping: option({
    flag: '--mapping <mapping>',
    description: 'the function, filter and batches of this mapping, by its UUID, STREAM:FUNCTION or function',
    schema: z.string().optional(),
  }),
  dryRun: option({
    flag: '--dry-run',
    description:
      'write nothing: compare the documents of log-indexer with those that there are; of other functions count what they would get',
    schema: switchedOn(),
  }),
  into: option({
    flag: '--into <dataset>',
    description: 'dataset that log-indexer writes to: data stream logs-<dataset>-<namespace>',
    schema: dataset,
    default: 'replay',
  }),
  shard: option({ flag: '--shard <ids>', description: 'these shards alone, separated by commas', schema: commaSeparated() }),
  after: option({
    flag: '--after <positions>',
    description: 'go on where a replay ended: shardId=sequenceNumber, separated by commas',
    schema: commaSeparated(),
  }),
  concurrency: option({ flag: '--concurrency <n>', description: 'shards at once', schema: wholeNumber(1, 64), default: '4' }),
  batchSize: option({
    flag: '--batch-size <n>',
    description: 'records of a batch; without it those of the mapping, else 1,000',
    schema: wholeNumber(1, 10_000).optional(),
  }),
  retries: option({
    flag: '--retries <n>',
    description: 'further attempts at records that failed',
    schema: wholeNumber(0, 100),
    default: '2',
  }),
  show: option({
    flag: '--show <n>',
    description: 'differences to print; all are counted',
    schema: wholeNumber(0, 10_000),
    default: '20',
  }),
  ...outputOptions,
  ...clientOptions,
} as const
