import { readDataDirectory, readDataDirectoryOwner } from '@millrace/stream-sqlite'
import { defaultHost, defaultPort } from '../options/common.ts'
import { CommandError } from '../options/usage-error.ts'
import { GatewayClient } from './gateway-client.ts'

export interface ConnectOptions {
  readonly to: string | undefined
  readonly apiKey: string | undefined
  readonly data: string
  readonly template: string | undefined
}

/** A way to a millrace; `close` ends what was started for it. */
export interface Connection extends AsyncDisposable {
  readonly client: GatewayClient
}

/** Finds the millrace that runs: the one that `--to` names, that owns the data directory, or that listens at the default address. */
export async function findRunning(options: ConnectOptions): Promise<GatewayClient | undefined> {
  if (options.to !== undefined) return new GatewayClient(options.to, options.apiKey)
  const owner = await readDataDirectoryOwner(options.data)
  for (const url of [owner.url, `http://${defaultHost}:${defaultPort}`]) {
    if (url === undefined) continue
    const client = new GatewayClient(url, options.apiKey)
    if (await answers(client)) return client
  }
  return undefined
}

/** As `findRunning`; where none runs, serves the data directory from here, on a port of its own, for as long as the command takes. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const running = await findRunning(options)
  if (running !== undefined) return through(running)
  return connectHere(options)
}

function through(client: GatewayClient): Connection {
  return { client, [Symbol.asyncDispose]: async () => {} }
}

async function connectHere(options: ConnectOptions): Promise<Connection> {
  const { serveLocally } = await import('../system/serve-locally.ts')
  const server = await serveLocally(options)
  return { client: new GatewayClient(server.url), [Symbol.asyncDispose]: () => server.close() }
}

/** As `connect`, for commands that only read: a data directory that is not there is not made. */
export async function connectToExisting(options: ConnectOptions): Promise<Connection> {
  const running = await findRunning(options)
  if (running !== undefined) return through(running)
  if ((await readDataDirectory(options.data)) === undefined) {
    throw new CommandError(
      `Nothing runs at http://${defaultHost}:${defaultPort}, and there is no data directory at ${options.data}. Start "millrace up", or pipe logs in: "millrace pipe FILE".`,
    )
  }
  return connectHere(options)
}

/** For commands about what runs: throws `CommandError` where nothing does. */
export async function connectToRunning(options: ConnectOptions): Promise<GatewayClient> {
  const running = await findRunning(options)
  if (running !== undefined) return running
  throw new CommandError(
    `No millrace runs at http://${defaultHost}:${defaultPort} or on ${options.data}. Start "millrace up", or name one: --to URL.`,
  )
}

async function answers(client: GatewayClient): Promise<boolean> {
  try {
    const response = await client.send('GET', '/healthz', undefined, {}, AbortSignal.timeout(1_000))
    return ((await response.json()) as { name?: string }).name === 'millrace'
  } catch {
    return false
  }
}
