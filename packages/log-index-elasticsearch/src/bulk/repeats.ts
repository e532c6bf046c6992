import { backingIndices } from './backing-indices.ts'
import type { DocumentName, MaybeRepeated } from './encode-bulk.ts'
import { findCopies, type LookupContext } from './find-copies.ts'

/** What a look for repeats found, before the documents were written. */
export interface Repeats {
  /** Places of documents that are there already. */
  readonly places: ReadonlySet<number>
  /** Backing indices by data stream at that moment, newest first. */
  readonly indices: ReadonlyMap<string, readonly string[]>
}

const none: Repeats['places'] = new Set()

/**
 * Finds those of the documents, by place, that are in one of their data stream's backing indices already. `create` sees only the index that is
 * written to now: after a rollover, it would write them once more. Data streams that never rolled over need no look-up.
 */
export async function findRepeats(context: LookupContext, maybeRepeated: MaybeRepeated): Promise<Repeats> {
  const indices = await backingIndicesOf(context, maybeRepeated)
  const rolledOver = new Map([...indices].filter(([, names]) => names.length > 1))
  if (rolledOver.size === 0) return { places: none, indices }
  const documents = maybeRepeated.names()
  const copies = await findCopies(context, documents, rolledOver)
  await removeNewer(context, documents, copies)
  return { places: new Set(copies.keys()), indices }
}

/**
 * To be called when documents that may be repeats were written: a data stream that rolled over since they were looked for has taken them into an index that nobody had
 * looked at, so that the older ones are looked through once more. Of a document that is in two of them, the older copy stays.
 */
export async function undoRepeats(
  context: LookupContext,
  maybeRepeated: MaybeRepeated,
  isWritten: (place: number) => boolean,
  before: Repeats['indices'],
): Promise<void> {
  const indices = await backingIndicesOf(context, maybeRepeated)
  const rolledOver = new Map([...indices].filter(([name, names]) => names.length > 1 && names[0] !== before.get(name)?.[0]))
  if (rolledOver.size === 0) return
  const documents = new Map([...maybeRepeated.names()].filter(([place]) => isWritten(place)))
  const copies = await findCopies(context, documents, rolledOver)
  await removeNewer(context, documents, copies)
}

function backingIndicesOf({ client, headers, ask }: LookupContext, { dataStreams }: MaybeRepeated): Promise<Repeats['indices']> {
  return ask((signal) => backingIndices(client, headers, [...dataStreams], signal))
}

/** Leaves the oldest copy of each document. */
async function removeNewer(
  { client, headers, ask }: LookupContext,
  documents: ReadonlyMap<number, DocumentName>,
  copies: ReadonlyMap<number, readonly string[]>,
): Promise<void> {
  const operations = [...copies].flatMap(([place, names]) =>
    names.slice(0, -1).map((_index) => ({ delete: { _index, _id: documents.get(place)?.id ?? '' } })),
  )
  if (operations.length === 0) return
  const request = { operations, filter_path: ['items.*.status'] }
  const answer = await ask((signal) => client.bulk(request, { signal, headers: headers.bulk }))
  const failed = (answer.items ?? []).find((item) => ![200, 404].includes(item.delete?.status ?? 0))
  if (failed !== undefined) throw new Error(`a document that is there twice could not be removed (status ${failed.delete?.status})`)
}
