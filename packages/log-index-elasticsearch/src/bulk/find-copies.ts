import type { Client } from '@elastic/elasticsearch'
import type { LogDocument } from '@millrace/log-index'
import type { RequestHeaders } from '../create-client.ts'

export interface CopyLimits {
  readonly repeatIndicesMax: number
  readonly repeatLookupsMax: number
}

/**
 * Finds in which of their data stream's backing indices the documents at `places` are, newest index first. `indices` are those to look through, by data stream, newest
 * first. Reads by id are up to date without a refresh, in each backing index by its name. Documents that are in none are left out.
 */
export async function findCopies(
  client: Client,
  headers: RequestHeaders,
  documents: readonly LogDocument[],
  places: readonly number[],
  indices: ReadonlyMap<string, readonly string[]>,
  limits: CopyLimits,
  signal: AbortSignal,
): Promise<Map<number, string[]>> {
  const lookups: Lookup[] = []
  for (const place of places) {
    const { dataStream, id } = documents[place] as LogDocument
    // The index of the writes, and the former ones.
    const searched = (indices.get(dataStream) ?? []).slice(0, limits.repeatIndicesMax + 1)
    for (const _index of searched) lookups.push({ place, _index, _id: id })
  }
  const copies = new Map<number, string[]>()
  for (let start = 0; start < lookups.length; start += limits.repeatLookupsMax) {
    const part = lookups.slice(start, start + limits.repeatLookupsMax)
    await lookUp(client, headers, part, copies, signal)
  }
  return copies
}

interface Lookup {
  readonly place: number
  readonly _index: string
  readonly _id: string
}

interface LookupAnswer {
  readonly docs?: readonly { readonly _id: string; readonly found?: boolean }[]
}

async function lookUp(
  client: Client,
  headers: RequestHeaders,
  lookups: readonly Lookup[],
  copies: Map<number, string[]>,
  signal: AbortSignal,
): Promise<void> {
  const docs = lookups.map(({ _index, _id }) => ({ _index, _id }))
  // The id keeps an answer in its place that has no `found`: that of an index which has been deleted meanwhile.
  const query = { docs, _source: false, filter_path: ['docs.found', 'docs._id'] }
  const answer = (await client.mget(query, { signal, headers: headers.json })) as LookupAnswer
  answer.docs?.forEach((doc, at) => {
    if (doc.found !== true) return
    const { place, _index } = lookups[at] as Lookup
    const known = copies.get(place)
    if (known === undefined) copies.set(place, [_index])
    else known.push(_index)
  })
}
