import { setTimeout as wait } from 'node:timers/promises'
import type { SearchHit, SearchResult } from '@millrace/log-index'
import { connectToExisting } from '../client/connect.ts'
import type { OptionValues } from '../options/option.ts'
import type { tailOptions } from './tail-options.ts'
import { formatHit } from './format-hit.ts'

/** Documents arrive a little out of order: each look goes back this far behind the newest one seen. */
const latenessMs = 30_000
const lookHitsMax = 2_000
const rememberedIdsMax = 50_000

/** `millrace tail [QUERY]`: prints documents as they come, until interrupted. Follows by `@timestamp`. */
export async function tail(query: string | undefined, options: OptionValues<typeof tailOptions>, signal: AbortSignal): Promise<void> {
  await using connection = await connectToExisting(options)
  const seen = new Set<string>()
  let since: string | number = options.since
  let newest = 0
  while (!signal.aborted) {
    const request: object = { ...(query === undefined ? {} : { query }), since, size: lookHitsMax, order: 'desc' }
    const { hits }: SearchResult = await connection.client.json<SearchResult>('POST', '/search', request, signal)
    const fresh = hits.filter((hit) => !seen.has(hit.id)).reverse()
    if (hits.length === lookHitsMax && fresh.length === lookHitsMax && newest > 0)
      console.error(`… more than ${lookHitsMax} since the last look; older ones are not shown`)
    for (const hit of fresh) print(hit, options.json)
    for (const hit of fresh) seen.add(hit.id)
    for (const id of seen) {
      if (seen.size <= rememberedIdsMax) break
      seen.delete(id)
    }
    newest = Math.max(newest, ...fresh.map((hit) => hit.sort[0]))
    // Never back before the time that was asked for: the first look has shown what was there.
    if (newest > 0) since = typeof since === 'number' ? Math.max(since, newest - latenessMs) : oldestOf(hits, newest - latenessMs)
    await wait(options.intervalMs, undefined, { signal }).catch(() => {})
  }
}

function oldestOf(hits: readonly SearchHit[], lowest: number): number {
  return hits.reduce((oldest, hit) => Math.max(lowest, Math.min(oldest, hit.sort[0])), Number.MAX_SAFE_INTEGER)
}

function print(hit: SearchHit, json: boolean): void {
  console.log(json ? hit.source : formatHit(hit.source, process.stdout.isTTY === true))
}
