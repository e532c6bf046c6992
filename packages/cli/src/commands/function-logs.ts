import { setTimeout as wait } from 'node:timers/promises'
import type { FunctionLogEntry, FunctionLogPage } from '@millrace/gateway'
import { connectToRunning } from '../client/connect.ts'
import type { OptionValues } from '../options/option.ts'
import type { functionLogOptions } from './function-options.ts'

/** `millrace function logs NAME`: what a function has logged lately in the process that is asked, and with `--follow` what it logs from now on. */
export async function functionLogs(name: string, options: OptionValues<typeof functionLogOptions>, signal: AbortSignal): Promise<void> {
  const client = await connectToRunning(options)
  const path = `/functions/${encodeURIComponent(name)}/logs`
  let after: number | undefined
  for (;;) {
    const query = new URLSearchParams({ limit: String(after === undefined ? options.size : 10_000) })
    if (after !== undefined) query.set('after', String(after))
    else if (options.since !== undefined) query.set('since', options.since)
    const page: FunctionLogPage = await client.json<FunctionLogPage>('GET', `${path}?${query.toString()}`, undefined, signal)
    if (after !== undefined && page.missed > 0) console.error(`… ${page.missed.toLocaleString('en')} lines came faster than they are kept`)
    for (const entry of page.lines) console.log(options.json ? JSON.stringify(entry) : renderEntry(entry))
    after = page.next
    if (!options.follow) return
    await wait(options.intervalMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
  }
}

function renderEntry({ timestamp, line }: FunctionLogEntry): string {
  return `${new Date(timestamp).toISOString()}  ${line.replaceAll('\t', '  ')}`
}
