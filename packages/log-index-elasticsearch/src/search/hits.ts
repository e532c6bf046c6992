import type { SearchHit, SearchRequest } from '@millrace/log-index'
import type { SearchAnswer } from './search-answer.ts'
import type { HitSort } from './sort-key.ts'
import { isSameSort, pageStartOf, sortKeyOf } from './sort-key.ts'

/** The hits of the page: without those that were on the page before. */
export function hitsOf({ hits: { hits } }: SearchAnswer, { size, searchAfter }: SearchRequest): SearchHit[] {
  const start = searchAfter === undefined ? undefined : pageStartOf(searchAfter)
  const page: SearchHit[] = []
  let before: HitSort | undefined
  let place = 0
  for (const { _id, _index, _source, sort } of hits) {
    place = isSameSort(sort, before) ? place + 1 : 1
    before = sort
    if (start !== undefined && place <= start.skip && isSameSort(sort, start.sort)) continue
    if (page.length < size) {
      page.push({ id: _id, dataStream: dataStreamOf(_index), sort: sortKeyOf(sort, place), source: JSON.stringify(_source) })
    }
  }
  return page
}

/** `.ds-logs-x-default-2026.11.21-000012` belongs to `logs-x-default`. */
export function dataStreamOf(index: string): string {
  return /^\.ds-(.+)-\d{4}\.\d\d\.\d\d-\d{6,}$/.exec(index)?.[1] ?? index
}
