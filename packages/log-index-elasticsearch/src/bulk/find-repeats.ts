import type { Client } from '@elastic/elasticsearch'
import type { LogDocument } from '@millrace/log-index'
import type { RequestHeaders } from '../create-client.ts'
import { backingIndices } from './backing-indices.ts'

export interface RepeatLimits {
  readonly repeatIndicesMax: number
  readonly repeatLookupsMax: number
}

/**
 * Finds those of the documents at `places` that are in one of their data stream's backing indices already. `create` sees only the index that is
 * written to now: after a rollover, it would write them once more. Reads by id are up to date without a refresh, in each backing index by its name.
 * Data streams that never rolled over need no look-up.
 */
export async function findRepeats(
  client: Client,
  headers: RequestHeaders,
  documents: readonly LogDocument[],
  places: readonly number[],
  limits: RepeatLimits,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const names = new Set(places.map((place) => (documents[place] as LogDocument).dataStream))
  const indices = await backingIndices(client, headers, [...names], signal)
  const lookups: Lookup[] = []
  for (const place of places) {
    const { dataStream, id } = documents[place] as LogDocument
    const [writeIndex, ...former] = indices.get(dataStream) ?? []
    if (writeIndex === undefined || former.length === 0) continue
    // The index of the writes is looked at too: it may be a former one by the time of the `create`.
    for (const _index of [writeIndex, ...former.slice(0, limits.repeatIndicesMax)]) lookups.push({ place, _index, _id: id })
  }
  const found = new Set<number>()
  for (let start = 0; start < lookups.length; start += limits.repeatLookupsMax) {
    const part = lookups.slice(start, start + limits.repeatLookupsMax)
    await lookUp(client, headers, part, found, signal)
  }
  return found
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
  found: Set<number>,
  signal: AbortSignal,
): Promise<void> {
  const docs = lookups.map(({ _index, _id }) => ({ _index, _id }))
  // The id keeps an answer in its place that has no `found`: that of an index which has been deleted meanwhile.
  const query = { docs, _source: false, filter_path: ['docs.found', 'docs._id'] }
  const answer = (await client.mget(query, { signal, headers: headers.json })) as LookupAnswer
  answer.docs?.forEach((doc, at) => {
    if (doc.found === true) found.add((lookups[at] as Lookup).place)
  })
}
