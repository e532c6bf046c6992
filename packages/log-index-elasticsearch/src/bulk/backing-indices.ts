import type { Client } from '@elastic/elasticsearch'
import type { RequestHeaders } from '../create-client.ts'

interface ResolvedDataStream {
  readonly name: string
  readonly backing_indices: string | readonly string[]
}

/**
 * The backing indices of data streams, newest first: that of the writes, then the former ones. A data stream that there is not is left out.
 * Asked for anew each time, since a rollover that is not seen would be a repeat that is not found.
 */
export async function backingIndices(
  client: Client,
  headers: RequestHeaders,
  dataStreams: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  // Names are part of the path, whose length is limited (4 KB).
  for (let start = 0; start < dataStreams.length; start += namesMax) {
    const name = dataStreams.slice(start, start + namesMax).map((each) => `${each}*`)
    const answer = await client.indices.resolveIndex({ name }, { signal, headers: headers.json })
    for (const each of answer.data_streams as readonly ResolvedDataStream[]) found.set(each.name, newestFirst(each.backing_indices))
  }
  return found
}

/** The same for all data streams that an expression means, e.g. `logs-*-default`. */
export async function backingIndicesOf(
  client: Client,
  headers: RequestHeaders,
  expression: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const answer = await client.indices.resolveIndex({ name: expression }, { signal, headers: headers.json })
  const streams = answer.data_streams as readonly ResolvedDataStream[]
  return new Map(streams.map((each) => [each.name, newestFirst(each.backing_indices)]))
}

const namesMax = 10

function newestFirst(names: string | readonly string[]): readonly string[] {
  return (typeof names === 'string' ? [names] : [...names]).sort((a, b) => generationOf(b) - generationOf(a))
}

/** `.ds-logs-x-default-2026.11.21-000012` is of generation 12. Restored or reindexed ones may be named otherwise: they are old. */
function generationOf(name: string): number {
  return Number(/-(\d{6,})$/.exec(name)?.[1] ?? 0)
}
