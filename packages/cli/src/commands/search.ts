import type { SearchResult } from '@millrace/log-index'
import { connectToExisting } from '../client/connect.ts'
import type { OptionValues } from '../options/option.ts'
import type { searchOptions } from './search-options.ts'
import { formatHit } from './format-hit.ts'

/** `millrace search [QUERY]`: prints the newest documents that match, the newest last, as a log reads. */
export async function search(query: string | undefined, options: OptionValues<typeof searchOptions>, signal: AbortSignal): Promise<void> {
  await using connection = await connectToExisting(options)
  const request = {
    ...(query === undefined ? {} : { query }),
    ...(options.since === undefined ? {} : { since: options.since }),
    ...(options.until === undefined ? {} : { until: options.until }),
    size: options.count ? 0 : options.size,
    trackTotal: options.count,
  }
  const result = await connection.client.json<SearchResult>('POST', '/search', request, signal)
  if (options.count) {
    console.log(options.json ? JSON.stringify({ count: result.total ?? 0 }) : String(result.total ?? 0))
    return
  }
  const oldestFirst = [...result.hits].reverse()
  for (const hit of oldestFirst) console.log(options.json ? hit.source : formatHit(hit.source, process.stdout.isTTY === true))
  if (!options.json && result.hits.length === 0) console.error('Nothing matches.')
}
