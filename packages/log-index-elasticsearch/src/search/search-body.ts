import { searchLimits } from '@millrace/log-index'
import type { Query, SearchRequest } from '@millrace/log-index'
import { aggregationDsl } from './aggregation-dsl.ts'
import type { Dsl } from './dsl.ts'
import type { FieldTypes } from './field-types.ts'
import { queryDsl } from './query-dsl.ts'
import { pageStartOf, searchAfterOf } from './sort-key.ts'

export interface SearchBody {
  readonly size: number
  readonly query: Dsl
  readonly sort: readonly Dsl[]
  readonly search_after?: readonly unknown[]
  readonly track_total_hits: boolean
  readonly aggs: Dsl
}

/** A search as Elasticsearch's own. Throws `InvalidSearchError` for a sort key or an aggregation that this index cannot go by. */
export function searchBody(request: SearchRequest, query: Query, types: FieldTypes, now: number): SearchBody {
  const { order = 'desc', searchAfter } = request
  const start = searchAfter === undefined ? undefined : pageStartOf(searchAfter)
  const aggs = Object.entries(request.aggregations ?? {}).flatMap(([name, aggregation]) => {
    const dsl = aggregationDsl(name, aggregation, types)
    return dsl === undefined ? [] : [[name, dsl] as const]
  })
  return {
    size: request.size === 0 ? 0 : Math.min(searchLimits.sizeMax, request.size + (start?.skip ?? 0)),
    query: { bool: { filter: [...timeRange(request), queryDsl(query, types, now)] } },
    sort: ['@timestamp', '_index', '_seq_no'].map((field) => ({ [field]: { order } })),
    ...(start === undefined ? {} : { search_after: searchAfterOf(start, order) }),
    track_total_hits: request.trackTotal === true,
    aggs: Object.fromEntries(aggs),
  }
}

function timeRange({ from, to }: SearchRequest): Dsl[] {
  if (from === undefined && to === undefined) return []
  const bounds = { ...(from === undefined ? {} : { gte: Math.ceil(from) }), ...(to === undefined ? {} : { lt: Math.ceil(to) }) }
  return [{ range: { '@timestamp': { ...bounds, format: 'epoch_millis' } } }]
}
