import type { AnswerBucket } from './aggregation-dsl.ts'
import type { HitSort } from './sort-key.ts'

/** The parts of Elasticsearch's answer to a search that are read. */
export interface SearchAnswer {
  readonly hits: {
    readonly total?: { readonly value: number }
    readonly hits: readonly AnswerHit[]
  }
  readonly aggregations?: Readonly<Record<string, { readonly buckets?: readonly AnswerBucket[]; readonly value?: number | null }>>
}

export interface AnswerHit {
  readonly _id: string
  readonly _index: string
  readonly _source: unknown
  readonly sort: HitSort
}
