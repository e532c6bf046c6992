import type { ReplayRequest } from '@millrace/function'
import { z } from 'zod'
import { timePointSchema } from '../search/time-point.ts'

const name = z.string().min(1).max(256)
const sequenceNumber = z.string().regex(/^\d{1,129}$/, 'a sequence number')

/** Body of `POST /streams/{stream}/replay`, as a request for that stream. */
export function replayRequestSchema(streamName: string, now: () => number): z.ZodType<ReplayRequest> {
  return z
    .strictObject({
      from: timePointSchema(now),
      to: timePointSchema(now).default(() => now()),
      function: name.optional(),
      mapping: z.uuid().optional(),
      dryRun: z.boolean().default(false),
      into: z
        .string()
        .regex(/^[a-z0-9][a-z0-9_.]{0,99}$/, 'a dataset has 1 to 100 of a-z, 0-9, "_" and ".", and begins with a letter or a digit')
        .default('replay'),
      shards: z.array(name).min(1).max(10_000).optional(),
      after: z.record(name, sequenceNumber).optional(),
      concurrency: z.int().min(1).max(64).default(4),
      batchSize: z.int().min(1).max(10_000).optional(),
      retries: z.int().min(0).max(100).default(2),
      show: z.int().min(0).max(10_000).default(20),
    })
    .transform((body, context): ReplayRequest => {
      const { function: functionName, mapping, shards, from, to, ...rest } = body
      if ((functionName === undefined) === (mapping === undefined)) {
        context.addIssue({ code: 'custom', message: 'give either function or mapping' })
        return z.NEVER
      }
      const target = mapping === undefined ? { functionName: functionName as string } : { mappingUuid: mapping }
      return { streamName, target, from, to, shardIds: shards, ...rest }
    })
}
