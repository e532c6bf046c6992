import type { Client } from '@elastic/elasticsearch'
import type { DocumentName, FoundDocument } from '@millrace/log-index'
import { backingIndicesOf } from '../bulk/backing-indices.ts'
import type { RequestHeaders } from '../create-client.ts'
import { dataStreamOf } from './hits.ts'

export interface GetDocumentsContext {
  readonly client: Client
  readonly headers: RequestHeaders
  /** Which data streams are looked through, e.g. `logs-*-default`. */
  readonly dataStreams: string
  readonly maxRetries: number
  readonly signal: AbortSignal
}

interface GetAnswer {
  readonly docs?: readonly { readonly _id: string; readonly found?: boolean; readonly _source?: object }[]
}

/** Whole documents come back: that many are asked for in one request. */
const documentsPerRequest = 500

/**
 * Documents by their ids: in the backing indices of the data stream that each is thought to be in, newest first, and what is missing then in all others. Reads by id are up
 * to date without a refresh, in each backing index by its name; a data stream cannot be read by id.
 */
export async function getDocuments(
  context: GetDocumentsContext,
  names: readonly DocumentName[],
): Promise<readonly (FoundDocument | undefined)[]> {
  const indices = await backingIndicesOf(context.client, context.headers, context.dataStreams, context.signal)
  const found: (FoundDocument | undefined)[] = names.map(() => undefined)
  const likely = Map.groupBy(names.keys(), (place) => (names[place] as DocumentName).dataStream)
  for (const [dataStream, places] of likely) {
    for (const index of indices.get(dataStream) ?? []) await getFrom(context, index, names, places, found)
  }
  for (const [dataStream, own] of indices) {
    const places = [...names.keys()].filter((place) => names[place]?.dataStream !== dataStream)
    for (const index of own) await getFrom(context, index, names, places, found)
  }
  return found
}

async function getFrom(
  { client, headers, maxRetries, signal }: GetDocumentsContext,
  index: string,
  names: readonly DocumentName[],
  places: readonly number[],
  found: (FoundDocument | undefined)[],
): Promise<void> {
  const missing = places.filter((place) => found[place] === undefined)
  for (let start = 0; start < missing.length; start += documentsPerRequest) {
    const part = missing.slice(start, start + documentsPerRequest)
    const ids = part.map((place) => (names[place] as DocumentName).id)
    // The id keeps an answer in its place that has no `found`: that of an index which has been deleted meanwhile.
    const query = { index, ids, filter_path: ['docs.found', 'docs._id', 'docs._source'] }
    const answer = (await client.mget(query, { signal, headers: headers.json, maxRetries })) as GetAnswer
    answer.docs?.forEach(({ _id: id, found: isThere, _source }, at) => {
      if (isThere === true) found[part[at] as number] = { id, dataStream: dataStreamOf(index), source: JSON.stringify(_source ?? {}) }
    })
  }
}
