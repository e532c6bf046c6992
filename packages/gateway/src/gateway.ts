import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { buildServer } from './build-server.ts'
import { GatewayListenError, GatewayOptionsError } from './gateway-errors.ts'
import { parseGatewayOptions } from './gateway-options.ts'
import type { GatewayOptions, GatewaySettings } from './gateway-options.ts'
import type { GatewayServices } from './gateway-services.ts'
import { type Http2Beside, serveHttp2 } from './http/http2-beside.ts'
import { trackSilentConnections } from './http/silent-connections.ts'
import type { SilentConnections } from './http/silent-connections.ts'

/** The one HTTP port of a Millrace. */
export interface Gateway {
  /** Begins to accept requests. `url` names the address and the port that was taken. Rejects with `GatewayListenError`. */
  listen(): Promise<{ readonly url: string }>
  /**
   * Accepts nothing more, answers what is under way, then closes; after `closeTimeoutMs` cuts what is still open. The services are left open. May be called
   * again, and without `listen`.
   */
  close(): Promise<void>
}

/** Makes a gateway, not listening yet. Rejects with `GatewayOptionsError`, also for a public address without keys and TLS. */
export async function createGateway(services: GatewayServices, options: GatewayOptions = {}): Promise<Gateway> {
  const settings = parseGatewayOptions(options)
  const closing = new AbortController()
  let closed: Promise<void> | undefined
  const server = tryBuild(services, settings, closing.signal)
  const http2 = serveHttp2(server.server, {
    ...settings,
    route: (request, response) => server.routing(request, response),
    onConnection: (socket) => silent.forget(socket),
  })
  // After it: a connection is silent as long as it has not told its protocol.
  const silent = trackSilentConnections(server.server)
  await server.ready()
  return {
    listen: () => listen(server, settings),
    close: () => {
      closing.abort()
      return (closed ??= drain(server, { silent, http2 }, services, settings.closeTimeoutMs))
    },
  }
}

function tryBuild(services: GatewayServices, settings: GatewaySettings, closing: AbortSignal): FastifyInstance {
  try {
    return buildServer(services, settings, closing)
  } catch (error) {
    if (settings.tlsCertificate === undefined || !(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_OSSL')))
      throw error
    throw new GatewayOptionsError(`The TLS certificate and key (tlsCertificate, tlsKey) cannot be used together: ${error.message}.`, {
      cause: error,
    })
  }
}

async function listen(server: FastifyInstance, settings: GatewaySettings): Promise<{ readonly url: string }> {
  const { host, port } = settings
  try {
    await server.listen({ host, port })
  } catch (error) {
    throw new GatewayListenError(host, port, error as NodeJS.ErrnoException)
  }
  const { port: taken } = server.server.address() as AddressInfo
  const scheme = settings.tlsCertificate === undefined ? 'http' : 'https'
  return { url: `${scheme}://${reachableName(host)}:${taken}` }
}

/** As a URL names it. All addresses of the machine are none that can be called: loopback is one of them. */
function reachableName(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

interface Connections {
  readonly silent: SilentConnections
  readonly http2: Http2Beside
}

async function drain(server: FastifyInstance, { silent, http2 }: Connections, services: GatewayServices, timeoutMs: number): Promise<void> {
  const cancel = services.clock.schedule(timeoutMs, () => {
    server.server.closeAllConnections()
    http2.destroy()
  })
  silent.destroy()
  http2.close()
  try {
    await server.close()
  } finally {
    cancel()
  }
}
