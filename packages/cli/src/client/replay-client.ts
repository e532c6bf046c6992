import type { ReplayEvent } from '@millrace/function'
import { CommandError } from '../options/usage-error.ts'
import type { GatewayClient } from './gateway-client.ts'
import { readNdjson } from './read-ndjson.ts'

interface ErrorLine {
  readonly type: 'error'
  readonly error: { readonly message: string }
}

/** Runs a replay on a millrace, and tells what it tells. Throws `CommandError` where it cannot begin, fails, or is cut off before its end. */
export async function* runReplay(
  client: GatewayClient,
  streamName: string,
  request: object,
  signal: AbortSignal,
): AsyncGenerator<ReplayEvent, void> {
  const path = `/streams/${encodeURIComponent(streamName)}/replay`
  const response = await client.send('POST', path, JSON.stringify(request), { 'content-type': 'application/json' }, signal)
  if (!response.ok) throw new CommandError(await refusalOf(response, client.url))
  let ended = false
  try {
    for await (const event of readNdjson<ReplayEvent | ErrorLine>(response)) {
      if (event.type === 'error') throw new CommandError(event.error.message)
      ended = event.type === 'end'
      yield event
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (error instanceof CommandError) throw error
    throw new CommandError(`The connection to ${client.url} was lost: ${(error as Error).message}`)
  }
  if (!ended) throw new CommandError(`${client.url} ended its answer before the replay was at its end.`)
}

async function refusalOf(response: Response, url: string): Promise<string> {
  try {
    const { error } = (await response.json()) as { readonly error: { readonly message: string } }
    return error.message
  } catch {
    return `${url} answered ${response.status}.`
  }
}
