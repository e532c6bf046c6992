import { InvalidSearchError } from '@millrace/log-index'
import type { SortKey } from '@millrace/log-index'

/** What hits are sorted by: the time, then where the document is. The last is unique within a shard, and never changes. */
export type HitSort = readonly [timestamp: number, index: string, sequence: number]

/** Where a page starts: behind `skip` of the documents that share `sort`. Shards of one index count on their own, so that there may be some. */
export interface PageStart {
  readonly sort: HitSort
  readonly skip: number
}

/** The sort key of the `place`th (from 1) of the documents that share `sort`. */
export function sortKeyOf([timestamp, index, sequence]: HitSort, place: number): SortKey {
  return [timestamp, `${index}:${sequence}:${place}`]
}

/** Throws `InvalidSearchError` for a key that this index did not give. */
export function pageStartOf([timestamp, tieBreaker]: SortKey): PageStart {
  const match = /^(.+):(\d{1,16}):(\d{1,9})$/.exec(tieBreaker)
  if (match === null) {
    throw new InvalidSearchError(`searchAfter must be the sort key of a hit of this index, not ${JSON.stringify([timestamp, tieBreaker])}.`)
  }
  return { sort: [timestamp, match[1] as string, Number(match[2])], skip: Number(match[3]) }
}

/** `search_after` so that the documents that share the key come first once more. */
export function searchAfterOf({ sort: [timestamp, index, sequence] }: PageStart, order: 'asc' | 'desc'): HitSort {
  return [timestamp, index, order === 'asc' ? sequence - 1 : sequence + 1]
}

export function isSameSort(a: HitSort, b: HitSort | undefined): boolean {
  return b !== undefined && a[0] === b[0] && a[1] === b[1] && a[2] === b[2]
}
