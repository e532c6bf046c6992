import { backingIndices, elasticsearchRequest } from '../lib/elasticsearch-http.ts'
import type { Expected } from './expected.ts'
import { Sightings, type SightingsSummary } from './sightings.ts'

interface Page {
  readonly hits: {
    readonly hits: readonly { readonly fields?: Readonly<Record<string, readonly string[]>>; readonly sort: readonly number[] }[]
  }
}

const pageSize = 10_000

/** Reads every document of every backing index, in the order in which they were written. */
export async function auditIndex(url: string, pattern: string, expected: Expected): Promise<SightingsSummary> {
  const sightings = new Sightings(expected)
  await elasticsearchRequest(url, 'POST', `/${pattern}/_refresh`)
  for (const indices of (await backingIndices(url, pattern)).values()) {
    for (const index of indices) await readIndex(url, index, sightings)
  }
  return sightings.summary
}

async function readIndex(url: string, index: string, sightings: Sightings): Promise<void> {
  let after: readonly number[] | undefined
  for (;;) {
    const { hits } = await elasticsearchRequest<Page>(url, 'POST', `/${index}/_search`, {
      size: pageSize,
      _source: false,
      docvalue_fields: ['labels.source', 'labels.sequence'],
      // Of a single primary shard: numbered as its documents were written.
      sort: [{ _seq_no: 'asc' }],
      track_total_hits: false,
      ...(after === undefined ? {} : { search_after: after }),
    })
    for (const { fields } of hits.hits) {
      const [source, sequence] = [fields?.['labels.source']?.[0], fields?.['labels.sequence']?.[0]]
      if (source === undefined || sequence === undefined) sightings.seeForeign()
      else sightings.see(Number(source), Number(sequence))
    }
    if (hits.hits.length < pageSize) return
    after = hits.hits.at(-1)?.sort
  }
}
