import type { Aggregation, SearchRequest, SortKey } from '@millrace/log-index'
import { z } from 'zod'
import { timePointSchema } from './time-point.ts'

const field = z.string().min(1).max(256)
const aggregation: z.ZodType<Aggregation> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('terms'), field, size: z.int().min(1).max(1000).default(10) }),
  z.strictObject({ type: z.literal('date_histogram'), intervalMs: z.int().min(1).max(31_622_400_000) }),
])
const sortKey: z.ZodType<SortKey> = z.tuple([z.number(), z.string().max(1024)])

/** Body of `POST /search`. `since` and `until` are other names of `from` and `to`. */
export function searchRequestSchema(now: () => number): z.ZodType<SearchRequest> {
  const time = timePointSchema(now).optional()
  return z
    .strictObject({
      query: z.string().max(10_000).optional(),
      from: time,
      since: time,
      to: time,
      until: time,
      size: z.int().min(0).max(10_000).default(100),
      order: z.enum(['desc', 'asc']).optional(),
      searchAfter: sortKey.optional(),
      trackTotal: z.boolean().optional(),
      aggregations: z
        .record(z.string().min(1).max(256), aggregation)
        .refine((all) => Object.keys(all).length <= 20, 'at most 20 aggregations')
        .optional(),
    })
    .refine((body) => body.from === undefined || body.since === undefined, 'give either from or since')
    .refine((body) => body.to === undefined || body.until === undefined, 'give either to or until')
    .transform(({ since, until, ...body }) => compact({ ...body, from: body.from ?? since, to: body.to ?? until }))
}

/** Without the members that nobody gave. */
function compact(
  request: { readonly [Name in keyof SearchRequest]: SearchRequest[Name] | undefined } & { readonly size: number },
): SearchRequest {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as unknown as SearchRequest
}
