import { InvalidSearchError } from '@millrace/log-index'
import type { Aggregation, Bucket } from '@millrace/log-index'
import type { Dsl } from './dsl.ts'
import type { FieldTypes } from './field-types.ts'
import { typeKind } from './type-kind.ts'

/** Shards answer more values than are asked for, so that the sum of their counts is right. */
const shardSizeMin = 1_000

/** An aggregation as Elasticsearch's own; undefined for a field that there is not. Throws `InvalidSearchError` for a text's values. */
export function aggregationDsl(name: string, aggregation: Aggregation, types: FieldTypes): Dsl | undefined {
  if (aggregation.type === 'date_histogram') {
    return { date_histogram: { field: '@timestamp', fixed_interval: `${aggregation.intervalMs}ms`, min_doc_count: 1 } }
  }
  const { size } = aggregation
  const field = countableField(aggregation.field, types)
  const type = types.get(field)?.[0]
  if (type === undefined) return undefined
  if (typeKind(type) === 'text') {
    throw new InvalidSearchError(
      `The aggregation "${name}" is over the field "${field}", which is text: Elasticsearch counts the values of fields that are kept whole (keyword), numbers and the like.`,
    )
  }
  return { terms: { field, size, shard_size: Math.max(shardSizeMin, size * 2) } }
}

/** The field itself, or the one that a multi-field would be made from. */
function countableField(field: string, types: FieldTypes): string {
  const base = /^(.+)\.keyword$/.exec(field)?.[1]
  return types.has(field) || base === undefined ? field : base
}

/** A bucket as Elasticsearch answers it. */
export interface AnswerBucket {
  readonly key: string | number
  readonly key_as_string?: string
  readonly doc_count: number
}

export function bucketOf(aggregation: Aggregation, types: FieldTypes, { key, key_as_string, doc_count }: AnswerBucket): Bucket {
  if (aggregation.type === 'date_histogram') return { key, count: doc_count }
  const kind = typeKind(types.get(countableField(aggregation.field, types))?.[0] ?? '')
  if (kind === 'boolean') return { key: key_as_string === 'true', count: doc_count }
  return { key: kind === 'date' ? (key_as_string ?? key) : key, count: doc_count }
}
