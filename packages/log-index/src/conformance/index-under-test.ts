import type { LogDocument, LogIndex, SearchRequest, SearchResult } from '../log-index.ts'

/** An index that a suite may fill, and that nobody else uses. */
export interface IndexUnderTest extends AsyncDisposable {
  index: LogIndex
  /** Closes the index and opens it again, as a restart would: `index` is the new one then. Left out by an index that keeps nothing. */
  reopen?(): Promise<void>
  /** Makes what was written visible to searches, where that takes a step. */
  refresh?(): Promise<void>
}

/** Makes an empty index. */
export type IndexFactory = () => Promise<IndexUnderTest>

export interface ConformanceOptions {
  /**
   * `any`: the index tells documents apart whatever their fields hold. `mapped`: a field has one type, which decides about what can be asked; the
   * random documents are of ECS's types then. Default `any`.
   */
  readonly documents?: 'any' | 'mapped'
}

/** 2026-11-21, noon. */
export const noon: number = Date.UTC(2026, 10, 21, 12)

/** A document of which only the given fields matter. */
export function logDocument(id: string, timestamp: number, fields: object = {}): LogDocument {
  const source = JSON.stringify({ '@timestamp': new Date(timestamp).toISOString(), ...fields })
  return { id, dataStream: 'logs-generic-default', timestamp, source }
}

/** Writes documents that all are to be new. */
export async function fill(subject: IndexUnderTest, documents: readonly LogDocument[]): Promise<void> {
  const outcomes = await subject.index.bulk(documents)
  const unexpected = outcomes.find(({ status }) => status !== 'created')
  if (unexpected !== undefined) throw new Error(`A document was not created: ${JSON.stringify(unexpected)}`)
  await subject.refresh?.()
}

/** The ids of a search's hits, in order. */
export async function idsOf(subject: IndexUnderTest, request: Partial<SearchRequest>): Promise<string[]> {
  const result: SearchResult = await subject.index.search({ size: 1_000, ...request })
  return result.hits.map(({ id }) => id)
}
