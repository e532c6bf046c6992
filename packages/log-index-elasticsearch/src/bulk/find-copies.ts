import type { Client } from '@elastic/elasticsearch'
import type { RequestHeaders } from '../create-client.ts'
import type { DocumentName } from './encode-bulk.ts'

export interface CopyLimits {
  readonly repeatIndicesMax: number
  readonly repeatLookupsMax: number
}

/** Does one request, bounded in time. */
export type Ask = <Answer>(request: (signal: AbortSignal) => Promise<Answer>) => Promise<Answer>

/** What a look-up needs beside the documents. */
export interface LookupContext {
  readonly client: Client
  readonly headers: RequestHeaders
  readonly limits: CopyLimits
  readonly ask: Ask
}

/**
 * Finds in which of their data stream's backing indices the documents are, by place, newest index first. `indices` are those to look through, by data stream, newest
 * first. Reads by id are up to date without a refresh, in each backing index by its name. Documents that are in none are left out.
 */
export async function findCopies(
  context: LookupContext,
  documents: ReadonlyMap<number, DocumentName>,
  indices: ReadonlyMap<string, readonly string[]>,
): Promise<Map<number, string[]>> {
  const { repeatIndicesMax, repeatLookupsMax } = context.limits
  const copies = new Map<number, string[]>()
  for (const [dataStream, names] of indices) {
    const own = [...documents].filter(([, document]) => document.dataStream === dataStream)
    // The index of the writes, and the former ones.
    for (const index of names.slice(0, repeatIndicesMax + 1)) {
      for (let start = 0; start < own.length; start += repeatLookupsMax) {
        await lookUp(context, own.slice(start, start + repeatLookupsMax), index, copies)
      }
    }
  }
  return copies
}

interface LookupAnswer {
  readonly docs?: readonly { readonly _id: string; readonly found?: boolean }[]
}

async function lookUp(
  { client, headers, ask }: LookupContext,
  documents: readonly (readonly [place: number, document: DocumentName])[],
  index: string,
  copies: Map<number, string[]>,
): Promise<void> {
  const ids = documents.map(([, { id }]) => id)
  // The id keeps an answer in its place that has no `found`: that of an index which has been deleted meanwhile.
  const query = { index, ids, _source: false, filter_path: ['docs.found', 'docs._id'] }
  const answer = (await ask((signal) => client.mget(query, { signal, headers: headers.json }))) as LookupAnswer
  answer.docs?.forEach((doc, at) => {
    if (doc.found !== true) return
    const [place] = documents[at] as readonly [number, DocumentName]
    const known = copies.get(place)
    if (known === undefined) copies.set(place, [index])
    else known.push(index)
  })
}
